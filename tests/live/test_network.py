"""Calls between hosts of their own: cables pulled, packets lost, nobody reached but by the relay.

``pytest -s`` prints what was measured.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect

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


def state_of(page: CallPage, other: str) -> Locator:
    """What the page says on somebody's tile about the path to them."""
    return page.page.locator(f'[data-tiles] [data-role="{other}"] [data-tile-state]')


def test_one_path_of_three_fails_and_the_others_go_on(
    chromium: Browser, original: Original, tmp_path: Path
) -> None:
    with (
        hosts_for("owner", "partner", "provider") as net,
        called(net, chromium, original, tmp_path, "couple") as pages,
    ):
        for role, page in pages.items():
            page.until_pictures_flow(*(other for other in pages if other != role), seconds=30)
        couple = {"owner": "partner", "partner": "owner"}
        code = pages["provider"].ask("call.state.safetyCode")

        for role, other in couple.items():
            net.hosts[role].lose(net.hosts[other])

        # Each of the two is told, on the tile of the other and nowhere else.
        for role, other in couple.items():
            expect(state_of(pages[role], other)).to_have_text(
                re.compile("Reconnecting …|No connection"), timeout=15_000
            )
        for role, other in couple.items():
            page = pages[role]
            expect(state_of(page, other)).to_have_text("No connection", timeout=30_000)
            name = f"{'Paul' if other == 'partner' else 'Cora'}-couple"
            expect(page.page.locator('[data-banner="suggestion"]')).to_contain_text(
                re.compile(f"You and {name} .* do not reach each other"), timeout=15_000
            )
            page.until_pictures_flow("provider", seconds=2)
            page.until_sound_flows("provider", seconds=2)
            expect(state_of(page, "provider")).to_be_hidden()
            # What cannot be compared with everybody is not shown.
            assert page.ask("call.state.safetyCode") is None
        provider = pages["provider"]
        provider.until_pictures_flow("owner", "partner", seconds=2)
        provider.until_sound_flows("owner", "partner", seconds=2)
        expect(provider.page.locator('[data-banner="suggestion"]')).to_be_empty()
        assert provider.ask("call.state.level") == "video"
        assert provider.ask("call.state.safetyCode") == code

        for role, other in couple.items():
            net.hosts[role].find(net.hosts[other])

        began = time.monotonic()
        for role, other in couple.items():
            pages[role].until_pictures_flow(other, "provider", seconds=30)
        tell("pictures again on the path that failed", time.monotonic() - began)
        for role, other in couple.items():
            expect(state_of(pages[role], other)).to_be_hidden()
            expect(pages[role].page.locator('[data-banner="suggestion"]')).to_be_empty()
            pages[role].until(f"call.state.safetyCode === '{code}'")


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
