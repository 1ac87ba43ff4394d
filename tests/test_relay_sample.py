"""The configuration that we hand out for coturn: it starts, and lets nobody further than it should."""

import datetime as dt
import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pytest_django.fixtures import Settings

from alcove.live.ice import ice_servers
from tests.turn import SECRET, Relay, TurnMissing, find_turnserver, free_port, make_certificate
from tests.turn import running as running_turn
from tests.turn_client import DONE, FORBIDDEN, UNAUTHORIZED, TurnClient

SAMPLE = Path(__file__).parent.parent / "deploy" / "coturn" / "turnserver.conf"
LOOPBACK = {4: "127.0.0.1", 6: "::1"}

# Addresses of everybody's own networks, of this machine, and of protocols' own use.
INNER = [
    *("0.0.0.0", "0.0.0.1", "10.0.0.1", "10.255.255.254", "100.64.0.1", "127.0.0.1", "127.9.9.9"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.168.1.1"),
    *("198.18.0.1", "224.0.0.1", "239.255.255.250", "255.255.255.255"),
    *("::", "::1", "fe80::1", "febf::1", "fc00::1", "fd12:3456::1", "ff02::1"),
    *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::1"),
    *("2001::1", "2001:db8::1"),
]
# Nothing is sent to these: a permission is a note in the relay.
OUTER = ["9.255.255.255", "11.0.0.1", "172.32.0.1", "192.167.255.255", "2606:4700::1111"]


def with_settings(sample: str, settings: dict[str, str]) -> str:
    """The sample with other values for lines that it has, as its reader would edit it."""
    for key, value in settings.items():
        sample, count = re.subn(rf"(?m)^(?:# )?{key}=.*$", lambda _: f"{key}={value}", sample)  # noqa: B023 - called at once
        assert count == 1, f"the sample sets {key} {count} times"
    return sample


@pytest.fixture(scope="module", params=[4, 6], ids=["IPv4", "IPv6"])
def relay(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Relay]:
    """Coturn with the sample, on loopback."""
    try:
        program = find_turnserver()
    except TurnMissing as missing:
        pytest.skip(str(missing))
    folder, address = tmp_path_factory.mktemp("sample"), LOOPBACK[request.param]
    relay = Relay(address, free_port(address), free_port(address), folder / "turn.out")
    make_certificate(folder, address)
    sample = with_settings(
        SAMPLE.read_text(encoding="utf-8"),
        {
            "static-auth-secret": SECRET,
            "listening-port": str(relay.port),
            "tls-listening-port": str(relay.tls_port),
            "cert": str(folder / "cert.pem"),
            "pkey": str(folder / "key.pem"),
        },
    )
    # The machine's own addresses and files stay out of it.
    own = f"listening-ip={address}\nrelay-ip={address}\nuserdb={folder}/turn.sqlite3\npidfile={folder}/pid\n"
    (folder / "turnserver.conf").write_text(sample + own, encoding="utf-8")
    with running_turn(relay, [program, "-c", str(folder / "turnserver.conf")], relay.log):
        yield relay


def client_of(relay: Relay, settings: Settings, *, minutes: int = 30) -> TurnClient:
    """A person with the credential of a page."""
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:relay.example.org"], SECRET
    until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
    [server] = ice_servers(name="owner", until=until)["servers"]
    return TurnClient(relay.address, relay.port, server["username"], server["credential"])


def version_of(address: str) -> int:
    return ipaddress.ip_address(address).version


def test_coturn_knows_every_line_of_the_sample(relay: Relay) -> None:
    log = relay.log.read_text(encoding="utf-8")

    assert re.findall(r"(?i).*(?:bad configuration|unknown|unrecognized).*", log) == []


def test_people_get_public_addresses_only(relay: Relay, settings: Settings) -> None:
    version = version_of(relay.address)
    with client_of(relay, settings) as client:
        assert client.allocate(version=version) == DONE

        answers = {
            peer: client.permit(peer) for peer in [*INNER, *OUTER] if version_of(peer) == version
        }

    assert answers == {peer: FORBIDDEN if peer in INNER else DONE for peer in answers}


def test_nobody_gets_in_after_the_session(relay: Relay, settings: Settings) -> None:
    with client_of(relay, settings, minutes=-1) as client:
        assert client.allocate(version=version_of(relay.address)) == UNAUTHORIZED


def test_nobody_gets_in_by_a_guess(relay: Relay, settings: Settings) -> None:
    with client_of(relay, settings) as client:
        client.password = "guessed"

        assert client.allocate(version=version_of(relay.address)) == UNAUTHORIZED


def test_the_sample_holds_no_secret() -> None:
    # Whoever forgets to set one must not run a relay whose secret everybody can read here.
    assert "\n# static-auth-secret=\n" in SAMPLE.read_text(encoding="utf-8")


def test_the_compose_file_starts_the_relay_with_a_copy_of_the_sample() -> None:
    services = yaml.safe_load((SAMPLE.parent.parent / "compose.yaml").read_text())["services"]

    assert services["relay"]["profiles"] == ["relay"]
    assert services["relay"]["volumes"][0] == ("./coturn/relay.conf:/etc/coturn/turnserver.conf:ro")
    for name in ("web", "worker", "setup"):
        given = services[name]["environment"]
        assert {"TURN_URLS", "TURN_SECRET", "TURN_ONLY"} <= given.keys()
