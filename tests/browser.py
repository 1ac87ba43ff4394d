"""Chromium for the journeys: the system's own browser, driven by Playwright.

    python -m tests.browser --find   prints where the browser is, or fails

A journey takes the fixture ``open_page`` and opens a page for each person in it. When the test
ends, every page must have had a clean console and must have asked nobody but our own server.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)

ColorScheme = Literal["light", "dark"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Without these Chromium calls home in the background, and root may not use its sandbox.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # The certificate of the tests' own relay is made for the run.
    "--ignore-certificate-errors",
]

# Every rule that axe marks as WCAG 2.2 AA or below, and its best practices.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class BrowserMissing(RuntimeError):
    """No Chromium is installed."""


def find_chromium() -> str:
    """The path of the system's Chromium; raises BrowserMissing when there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise BrowserMissing("Chromium is not installed")


@dataclass
class Watch:
    """What the browser complained of on one person's pages, and whom it asked."""

    origin: str
    complaints: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Expect complaints that match, as from a page that answers 404 on purpose."""
        self.allowed.append(re.compile(pattern))

    def follow(self, context: BrowserContext) -> None:
        """Listen to all pages of this context, those still to come included."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("request", self._request)

    def assert_clean(self) -> None:
        """Fail on script errors, content-security-policy violations and foreign requests."""
        left = [
            complaint
            for complaint in self.complaints
            if not any(pattern.search(complaint) for pattern in self.allowed)
        ]
        assert left == []

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("data", "blob", "about"):
            return
        if f"{address.scheme}://{address.netloc}" != self.origin:
            self.complaints.append(f"foreign request: {request.url}")


class OpenPage(Protocol):
    """The type of the fixture ``open_page``."""

    def __call__(
        self,
        base_url: str,
        *,
        viewport: ViewportSize = DESKTOP,
        color_scheme: ColorScheme = "light",
        time_zone: str = "America/New_York",
        locale: str = "en-US",
        javascript: bool = True,
        service_workers: Literal["allow", "block"] = "block",
    ) -> Page:
        """A page of its own browser profile: nobody is signed in."""
        ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the session; each ``open_page`` has its own profile in it."""
    try:
        path = find_chromium()
    except BrowserMissing as missing:
        pytest.skip(str(missing))
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


_watches: dict[BrowserContext, Watch] = {}


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open pages, one person each; closes them and checks their consoles when the test ends."""
    with opening_pages(chromium) as open_one:
        yield open_one


@contextmanager
def opening_pages(browser: Browser) -> Iterator[OpenPage]:
    """What ``open_page`` is, for any browser."""
    contexts: list[BrowserContext] = []

    def open_one(
        base_url: str,
        *,
        viewport: ViewportSize = DESKTOP,
        color_scheme: ColorScheme = "light",
        time_zone: str = "America/New_York",
        locale: str = "en-US",
        javascript: bool = True,
        service_workers: Literal["allow", "block"] = "block",
    ) -> Page:
        context = browser.new_context(
            base_url=base_url,
            viewport=viewport,
            color_scheme=color_scheme,
            timezone_id=time_zone,
            locale=locale,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            has_touch=viewport["width"] < 600,
            service_workers=service_workers,
        )
        context.set_default_timeout(10_000)
        address = urlsplit(base_url)
        watch = Watch(f"{address.scheme}://{address.netloc}")
        watch.follow(context)
        _watches[context] = watch
        contexts.append(context)
        return context.new_page()

    yield open_one
    try:
        for context in contexts:
            _watches[context].assert_clean()
    finally:
        for context in contexts:
            del _watches[context]
            context.close()


def watch_of(page: Page) -> Watch:
    """The watch on this page's console, to allow a complaint or to look before the end."""
    return _watches[page.context]


def assert_console_is_clean(page: Page) -> None:
    """Fail now, rather than at the end, if this page's browser complained of anything."""
    watch_of(page).assert_clean()


@cache
def _axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def _until_it_stands(page: Page) -> None:
    """Wait for a page that a click has just asked for: it may not have a body yet."""
    page.locator("body").wait_for(state="attached")
    page.wait_for_load_state()


def assert_no_axe_findings(page: Page, *, within: str | None = None) -> None:
    """Fail with each accessibility finding on the page as it stands, its elements named.

    ``within`` is a CSS selector and limits the look to that part.
    """
    _until_it_stands(page)
    if not page.evaluate("typeof axe === 'object'"):
        # Through the debugger, not a script element: the page's own policy stays as strict.
        page.evaluate(f"() => {{ {_axe_source()} }}")
    result: dict[str, Any] = page.evaluate(
        "([within, tags]) => axe.run(within || document,"
        " {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        [within, AXE_TAGS],
    )
    findings = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    "
        + "\n    ".join(
            f"{json.dumps(node['target'])} {(node.get('failureSummary') or '').splitlines()[1:]}"
            for node in rule["nodes"]
        )
        for rule in result["violations"]
    ]
    assert not findings, f"{page.url}\n" + "\n".join(findings)


def assert_nothing_overflows(page: Page) -> None:
    """Fail if the page can be scrolled sideways: nothing may stick out of a phone's screen."""
    _until_it_stands(page)
    width, content = page.locator("html").evaluate(
        "element => [element.clientWidth, element.scrollWidth]"
    )
    assert content <= width, f"{page.url} is {content} px wide on a screen of {width} px"


def main(words: Sequence[str]) -> int:
    """The command line; see the top of this module."""
    if list(words) != ["--find"]:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(find_chromium())
    except BrowserMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
