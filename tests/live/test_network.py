"""Calls between hosts of their own: cables pulled, packets lost, nobody reached but by the relay.

``pytest -s`` prints what was measured.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser import watch_of
from tests.live.apart import browsers_on, hosts_for
from tests.live.call_page import CallPage
from tests.live.conftest import Original, meet_from
from tests.lossy_relay import lossy_relay
from tests.namespaces import Network
from tests.turn import Relay, TurnMissing, find_turnserver, turn_server

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

ROLES = ("owner", "provider")
LOSS = 0.1


@contextmanager
def called(
    net: Network,
    chromium: Browser,
    original: Original,
    folder: Path,
    name: str,
    **settings: str,
) -> Iterator[dict[str, CallPage]]:
    """Everybody of this meeting in a call, each on a host of their own."""
    with ExitStack() as stack:
        practice = stack.enter_context(original.practice(folder, **settings))
        net.open_door(urlsplit(practice.server.address).port or 0)
        openers = stack.enter_context(browsers_on(net, chromium))
        yield meet_from(practice, openers, name)


@contextmanager
def relay_on(net: Network, folder: Path) -> Iterator[Relay]:
    """A relay that every host reaches."""
    try:
        find_turnserver()
    except TurnMissing as missing:
        pytest.skip(str(missing))
    with turn_server(folder, address=net.gateway) as relay:
        yield relay


def tell(what: str, seconds: float) -> None:
    """Print a measured time; nothing is judged by it here."""
    print(f"\n{what}: {seconds:.2f} s")


def flows_both_ways(pages: dict[str, CallPage]) -> None:
    pages["owner"].until_pictures_flow("provider", seconds=30)
    pages["provider"].until_pictures_flow("owner", seconds=30)


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_people_who_cannot_reach_each_other_meet_through_the_relay(
    chromium: Browser, original: Original, tmp_path: Path, transport: str
) -> None:
    with hosts_for(*ROLES, apart=True) as net, relay_on(net, tmp_path) as relay:
        # Not told to use the relay only: the browsers find out that nothing else works.
        settings = relay.settings(transport) | {"TURN_ONLY": "0"}
        with called(net, chromium, original, tmp_path, "relay", **settings) as pages:
            flows_both_ways(pages)

            # One relayed address is enough: the other side may send to it straight from its host.
            ends = [
                pages["owner"].statistics()["provider"],
                pages["provider"].statistics()["owner"],
            ]
            assert "relay" in {kind for end in ends for kind in end["pair"]}
            assert transport in {way for end in ends for way in end["relay"]}


@pytest.mark.parametrize("fault", ["cable", "silence"])
def test_a_call_comes_back_after_six_seconds_without_a_network(
    chromium: Browser, original: Original, tmp_path: Path, fault: str
) -> None:
    with (
        hosts_for(*ROLES) as net,
        called(net, chromium, original, tmp_path, "link") as pages,
    ):
        flows_both_ways(pages)
        for page in pages.values():
            watch_of(page.page).allow("WebSocket connection|ERR_")
        host = net.hosts["owner"]
        cut, mend = {
            "cable": (host.bring_down, host.bring_up),
            "silence": (host.go_silent, host.be_heard),
        }[fault]

        cut()
        time.sleep(6)
        mend()

        began = time.monotonic()
        flows_both_ways(pages)
        tell(f"pictures again after {fault}", time.monotonic() - began)
        pages["owner"].until("call.state.signalling === 'open'", seconds=30)


def test_people_hear_each_other_though_every_tenth_packet_is_lost(
    chromium: Browser, original: Original, tmp_path: Path
) -> None:
    with (
        hosts_for(*ROLES, apart=True) as net,
        relay_on(net, tmp_path) as relay,
        lossy_relay((relay.address, relay.port), loss=0, address=net.gateway) as line,
    ):
        settings = relay.settings("udp") | {"TURN_URLS": line.url}
        with called(net, chromium, original, tmp_path, "loss", **settings) as pages:
            client = pages["owner"]
            client.until_sound_flows("provider", seconds=30)
            before = client.statistics()["provider"]
            line.loss = LOSS
            client.page.wait_for_timeout(10_000)
            after = client.statistics()["provider"]

            heard = after["samples"] - before["samples"]
            concealed = (after["concealed"] - before["concealed"]) / heard
            print(f"\nof the sound at {LOSS:.0%} loss each way: {concealed:.1%} concealed")
            assert line.dropped > 50
            assert heard > 8 * 48_000
            # Two lossy lines in a row lose 19 %; what is heard must be missing far less.
            assert concealed < 0.12
