"""A browser on each host of a network of the test's own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser

from tests.browser import FLAGS, OpenPage, find_chromium, opening_pages
from tests.namespaces import Network, NetworkMissing, network


@contextmanager
def hosts_for(*roles: str, apart: bool = False) -> Iterator[Network]:
    """A network with a host for each role; skips, with the reason, where none can be made."""
    with ExitStack() as stack:
        try:
            net = stack.enter_context(network(*roles, apart=apart))
        except NetworkMissing as missing:
            pytest.skip(str(missing))
        yield net


@contextmanager
def browsers_on(net: Network, chromium: Browser) -> Iterator[dict[str, OpenPage]]:
    """What opens pages on each host, by its name; in the end their consoles must be clean."""
    with ExitStack() as stack:
        openers = {}
        for name, host in net.hosts.items():
            browser = chromium.browser_type.launch(
                executable_path=host.program(find_chromium()), args=FLAGS
            )
            stack.callback(browser.close)
            openers[name] = stack.enter_context(opening_pages(browser))
        yield openers
