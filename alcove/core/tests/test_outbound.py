"""No address that somebody names leads inside, whatever its spelling, its name or its answers."""

import ipaddress
import socket
import time
from typing import Any

import pytest
from pytest_django import Settings

from alcove.core.checks import public_start_is_safe
from alcove.core.outbound import (
    Refused,
    Unreachable,
    ask,
    is_public,
    require_public_address,
)
from tests.stand_in import DRIP, DROP, HANG, NAME, StandIn

PUBLIC = ["8.8.8.8", "1.1.1.1", "100.63.255.255", "223.255.255.254", "2606:4700::1111", "2a00::1"]
NOT_PUBLIC = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%1",
    "2606:4700::1111%1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_address_of_a_special_network_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "push.example.org/x",
        "//push.example.org/x",
        "http://push.example.org/x",
        "ftp://push.example.org/x",
        "file:///etc/passwd",
        "https:///x",
        "https://",
        "https://:443/x",
        "https://push.example.org:0/",
        "https://push.example.org:99999/",
        "https://push.example.org:port/",
        "https://push.example.org@127.0.0.1/",
        "https://user:word@push.example.org/",
        "https://push.example.org/a b",
        "https://push.example.org/a\r\nHost: inside",
        "https://push.example.org\\@127.0.0.1/",
        "https://püsh.example.org/",
        "https://[::1",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://127.0.0.1/",
        "https://10.1.2.3:8443/",
        "https://push.example.org/" + "x" * 2000,
    ],
)
def test_address_that_could_never_be_asked_is_refused_before_any_look_up(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _must_not_be_called)

    with pytest.raises(Refused):
        ask("POST", address, headers={})


def test_usual_address_is_taken() -> None:
    parts = require_public_address("https://push.example.org/send/abc-_def?x=1")

    assert parts.hostname == "push.example.org"


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "127.1", "017700000001", "localhost", "0", "127.0.0.1."],
)
def test_other_spelling_of_loopback_is_refused(host: str, stand_in_port: int) -> None:
    # The system's own resolver knows these spellings; nobody is asked on the network.
    with pytest.raises((Refused, Unreachable)):
        ask("POST", f"https://{host}:{stand_in_port}/", headers={})


@pytest.mark.parametrize("address", [one for one in NOT_PUBLIC if "%" not in one])
def test_name_that_leads_inside_is_refused_without_a_connection(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to(address))
    monkeypatch.setattr(socket.socket, "connect", _must_not_be_called)

    with pytest.raises(Refused, match="not public"):
        ask("POST", "https://push.example.org/", headers={})


def test_of_several_addresses_only_the_public_are_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to("10.0.0.1", "8.8.8.8", "::1", "8.8.4.4"))
    monkeypatch.setattr(socket.socket, "connect", _refusing(tried))

    with pytest.raises(Unreachable):
        ask("POST", "https://push.example.org/", headers={})

    assert tried == [("8.8.8.8", 443), ("8.8.4.4", 443)]


def test_name_that_changes_its_answer_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([_leads_to("8.8.8.8"), _leads_to("127.0.0.1"), _leads_to("127.0.0.1")])
    tried: list[Any] = []

    def rebinding(*words: Any, **options: Any) -> Any:
        return next(answers)(*words, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket.socket, "connect", _refusing(tried))

    with pytest.raises(Unreachable):
        ask("POST", "https://push.example.org/", headers={})

    assert tried == [("8.8.8.8", 443)]


def test_request_keeps_name_for_tls_and_host_and_brings_the_answer(stand_in: StandIn) -> None:
    stand_in.content = b"as you wish"
    stand_in.answer_headers = {"Location": "/message/1"}

    answer = ask("POST", stand_in.address("/send?to=me"), headers={"TTL": "60"}, body=b"\x00sealed")

    (asked,) = stand_in.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/send?to=me", b"\x00sealed")
    assert asked.server_name == NAME
    assert asked.headers["host"] == f"{NAME}:{stand_in.port}"
    assert asked.headers["ttl"] == "60"
    assert (answer.status, answer.body, answer.is_whole) == (201, b"as you wish", True)
    assert answer.headers["location"] == "/message/1"


def test_redirect_is_not_followed(stand_in: StandIn) -> None:
    stand_in.answers = [302]
    stand_in.answer_headers = {"Location": "https://127.0.0.1/inside"}

    answer = ask("POST", stand_in.address(), headers={})

    assert answer.status == 302
    assert len(stand_in.asked) == stand_in.connections == 1


def test_long_answer_is_cut_and_says_so(stand_in: StandIn) -> None:
    stand_in.content = b"x" * 5000

    answer = ask("GET", stand_in.address(), headers={}, most_bytes=100)

    assert (answer.body, answer.is_whole) == (b"x" * 100, False)


@pytest.mark.parametrize("trouble", [HANG, DRIP])
def test_answer_that_does_not_come_to_an_end_is_given_up(stand_in: StandIn, trouble: str) -> None:
    stand_in.answers = [trouble]
    begin = time.monotonic()

    with pytest.raises(Unreachable, match="in time"):
        ask("POST", stand_in.address(), headers={}, seconds=0.5)

    assert time.monotonic() - begin < 5


def test_dropped_connection_is_unreachable(stand_in: StandIn) -> None:
    stand_in.answers = [DROP]

    with pytest.raises(Unreachable, match=r"failed|read"):
        ask("POST", stand_in.address(), headers={})


def test_certificate_of_another_name_is_not_trusted(stand_in: StandIn) -> None:
    with pytest.raises(Unreachable, match="certificate"):
        ask("POST", stand_in.address(host="other.example.org"), headers={})

    assert stand_in.asked == []


def test_loopback_is_refused_as_soon_as_the_setting_for_tests_is_off(
    stand_in: StandIn, settings: Settings
) -> None:
    settings.OUTBOUND_TO_LOOPBACK = False

    with pytest.raises(Refused, match="not public"):
        ask("POST", stand_in.address(), headers={})

    assert stand_in.connections == 0


def test_public_start_is_refused_with_the_setting_for_tests(settings: Settings) -> None:
    settings.BASE_URL, settings.OUTBOUND_TO_LOOPBACK = "https://sessions.example.org", True

    assert "alcove.E005" in [found.id for found in public_start_is_safe()]


@pytest.fixture
def stand_in_port(stand_in: StandIn, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> int:
    """A server that would answer on loopback; names are resolved by the system, as always."""
    settings.OUTBOUND_TO_LOOPBACK = False
    monkeypatch.undo()
    return stand_in.port


def _must_not_be_called(*_words: Any, **_options: Any) -> Any:
    raise AssertionError("no look-up and no connection was allowed")


def _leads_to(*addresses: str) -> Any:
    def resolve(_host: Any, port: Any, *_rest: Any, **_options: Any) -> Any:
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (one, port, 0, 0) if ":" in one else (one, port),
            )
            for one in addresses
        ]

    return resolve


def _refusing(tried: list[Any]) -> Any:
    def connect(_self: socket.socket, place: Any) -> None:
        tried.append(place)
        raise ConnectionRefusedError

    return connect
