"""What a page gets to reach others through a relay, and the settings that are refused."""

import datetime as dt
import re

import pytest
from django.core.checks import Error
from pytest_django.fixtures import Settings

from alcove.live.access import entry_for
from alcove.live.checks import relay_is_usable
from alcove.live.handling import credentials
from alcove.live.ice import ice_servers
from tests.cast import Cast, at, book_confirmed

UNTIL = dt.datetime(2026, 11, 25, 4, 0, tzinfo=dt.UTC)
SECRET = "kept between us"
RELAY = "turn:relay.example.org:3478?transport=udp"


@pytest.fixture(autouse=True)
def _relay(settings: Settings) -> None:
    settings.TURN_URLS = [RELAY]
    settings.TURN_SECRET = SECRET
    settings.TURN_ONLY = False


def refusals() -> list[str | None]:
    """The ids of the checks that fail with the settings as they stand."""
    return [message.id for message in relay_is_usable() if isinstance(message, Error)]


def test_a_relay_comes_with_credentials_that_name_their_own_end() -> None:
    # The credential: printf 1795579200:owner | openssl dgst -sha1 -hmac "$SECRET" -binary | base64
    assert ice_servers(name="owner", until=UNTIL) == {
        "servers": [
            {
                "urls": RELAY,
                "username": "1795579200:owner",
                "credential": "Wkh21Z9yOQGyd6HyZA59WGyKG6M=",
            }
        ],
        "policy": "all",
        "until": "2026-11-25T04:00:00+00:00",
    }


def test_the_end_is_the_same_instant_in_every_zone() -> None:
    east = UNTIL.astimezone(dt.timezone(dt.timedelta(hours=9)))

    assert (
        ice_servers(name="owner", until=east)["servers"]
        == ice_servers(name="owner", until=UNTIL)["servers"]
    )


def test_every_role_and_every_end_has_its_own_credential() -> None:
    ends = [UNTIL, UNTIL + dt.timedelta(seconds=1)]
    made = {
        ice_servers(name=role, until=until)["servers"][0]["credential"]
        for role in ("provider", "owner", "partner")
        for until in ends
    }

    assert len(made) == 6


def test_a_server_that_only_tells_addresses_gets_no_credential(settings: Settings) -> None:
    settings.TURN_URLS = ["stun:relay.example.org:3478", RELAY]

    plain, relay = ice_servers(name="owner", until=UNTIL)["servers"]
    assert plain == {"urls": "stun:relay.example.org:3478"}
    assert sorted(relay) == ["credential", "urls", "username"]


def test_relay_only_is_told_to_the_page(settings: Settings) -> None:
    settings.TURN_ONLY = True

    assert ice_servers(name="owner", until=UNTIL)["policy"] == "relay"


def test_without_relays_people_are_connected_directly(settings: Settings) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = [], ""

    assert ice_servers(name="owner", until=UNTIL)["servers"] == []
    assert refusals() == []


@pytest.mark.parametrize(
    "url",
    [
        "stun:relay.example.org",
        "stuns:relay.example.org:5349",
        "turn:relay.example.org",
        "turn:192.0.2.7:3478?transport=tcp",
        "turn:[2001:db8::7]:3478",
        "turns:relay.example.org:443?transport=tcp",
    ],
)
def test_an_address_that_browsers_read_is_taken(settings: Settings, url: str) -> None:
    settings.TURN_URLS = [url]

    assert refusals() == []


@pytest.mark.parametrize(
    "url",
    [
        "relay.example.org:3478",
        "https://relay.example.org",
        "turn://relay.example.org",
        "turn:",
        "turn:relay.example.org:",
        "turn:relay.example.org:0",
        "turn:relay.example.org:65536",
        "turn:2001:db8::7",
        "turn:relay.example.org?transport=sctp",
        "stun:relay.example.org?transport=udp",
        "turn:owner@relay.example.org",
        "turn:relay.example.org turn:other.example.org",
    ],
)
def test_an_address_that_no_browser_reads_is_refused(settings: Settings, url: str) -> None:
    # A browser that cannot read one address makes no connection at all, whatever the others are.
    settings.TURN_URLS = [RELAY, url]

    assert refusals() == ["alcove.E010"]


def test_a_relay_without_its_secret_is_refused(settings: Settings) -> None:
    settings.TURN_SECRET = ""

    assert refusals() == ["alcove.E011"]


@pytest.mark.parametrize("urls", [[], ["stun:relay.example.org"]])
def test_relay_only_without_a_relay_is_refused(settings: Settings, urls: list[str]) -> None:
    settings.TURN_URLS, settings.TURN_ONLY = urls, True

    assert refusals() == ["alcove.E012"]


@pytest.mark.django_db
def test_a_name_at_the_relay_is_one_person_in_one_session_and_tells_neither(cast: Cast) -> None:
    appointments = [book_confirmed(cast.room, at(day, 9)) for day in (3, 4)]
    names = [
        credentials(entry_for(person, appointment.code, now=appointment.starts_at))["servers"][0][
            "username"
        ].split(":")[1]
        for appointment in appointments
        for person in (cast.client, cast.provider)
    ]

    assert len(set(names)) == 4
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in names)


@pytest.mark.django_db
def test_a_credential_lasts_until_the_session_closes(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(3, 9))
    entry = entry_for(cast.client, appointment.code, now=appointment.starts_at)

    assert credentials(entry)["until"] == entry.closes_at.isoformat()
    assert entry.closes_at > appointment.ends_at
