"""Calls that go through the relay only, by each way in; and who is let through it."""

import base64
import datetime as dt
import hashlib
import hmac
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from alcove.live.ice import ice_servers
from tests.browser import OpenPage
from tests.live.conftest import Original, meet
from tests.turn import SECRET, Relay, TurnMissing, find_turnserver, turn_server

SOON = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=30)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    """A relay on loopback."""
    try:
        find_turnserver()
    except TurnMissing as missing:
        pytest.skip(str(missing))
    with turn_server(tmp_path_factory.mktemp("relay")) as relay:
        yield relay


def allocate(relay: Relay, transport: str, name: str, password: str) -> bool:
    """Whether coturn's own client gets data through the relay with this credential."""
    client = shutil.which("turnutils_uclient")
    assert client, "turnutils_uclient comes with coturn"
    way = {"udp": [], "tcp": ["-t"], "tls": ["-t", "-S"]}[transport]
    port = relay.tls_port if transport == "tls" else relay.port
    words = [client, *way, "-u", name, "-w", password, "-p", str(port), "-y", "-c", "-n", "2"]
    done = subprocess.run(
        [*words, "-m", "1", relay.address], check=False, capture_output=True, text=True, timeout=30
    )
    received = re.findall(r"tot_recv_msgs=(\d+)", done.stdout + done.stderr)
    return done.returncode == 0 and bool(received) and int(received[-1]) > 0


def credential(relay: Relay, until: dt.datetime) -> tuple[str, str]:
    """Name and password as a page gets them."""
    with override_settings(TURN_URLS=[relay.urls("udp")], TURN_SECRET=SECRET, TURN_ONLY=False):
        [server] = ice_servers(name="owner", until=until)["servers"]
    return server["username"], server["credential"]


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_the_relay_takes_our_credentials(relay: Relay, transport: str) -> None:
    assert allocate(relay, transport, *credential(relay, SOON))


def test_the_relay_refuses_credentials_that_have_ended(relay: Relay) -> None:
    gone = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)

    assert not allocate(relay, "udp", *credential(relay, gone))


def test_the_relay_refuses_credentials_under_another_secret(relay: Relay) -> None:
    name, _ = credential(relay, SOON)
    digest = hmac.new(b"another secret", name.encode(), hashlib.sha1).digest()

    assert not allocate(relay, "udp", name, base64.b64encode(digest).decode())


@pytest.mark.browser
@pytest.mark.one_database
@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_call_goes_through_the_relay_only(
    relay: Relay, original: Original, tmp_path: Path, open_page: OpenPage, transport: str
) -> None:
    with original.practice(tmp_path, **relay.settings(transport)) as practice:
        pages = meet(practice, open_page, "relay")
        client, provider = pages["owner"], pages["provider"]

        client.until_pictures_flow("provider")
        provider.until_pictures_flow("owner")
        client.until_sound_flows("provider")
        tile = provider.page.locator('[data-tiles] [data-role="owner"]')
        client.press("Microphone")
        expect(tile.locator('[data-mark="muted"]')).to_be_visible()
        client.press("Camera")
        expect(tile).to_have_attribute("data-video", "off")
        client.open_chat()
        client.page.get_by_label("Message", exact=True).fill("By the relay")
        client.page.keyboard.press("Enter")
        provider.open_chat()
        expect(provider.page.locator("[data-chat-log]")).to_contain_text("By the relay")

        for page, other in ((client, "provider"), (provider, "owner")):
            found = page.statistics()[other]
            assert set(found["pair"]) == {"relay"}
            assert set(found["relay"]) == {transport}


@pytest.mark.browser
@pytest.mark.one_database
@pytest.mark.parametrize(
    ("secret", "words"),
    [(SECRET, "Your connection is good."), ("another secret", "The test found no connection.")],
)
def test_the_device_check_goes_through_the_same_relay(
    relay: Relay, original: Original, tmp_path: Path, open_page: OpenPage, secret: str, words: str
) -> None:
    settings = relay.settings("udp", "tcp", "tls") | {"TURN_SECRET": secret}
    with original.practice(tmp_path, **settings) as practice:
        ready = practice.page(open_page, "relay", "owner").open().page

        expect(ready.get_by_text(words)).to_be_visible(timeout=30_000)
