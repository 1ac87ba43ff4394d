"""The rules of the live room as tables."""

import datetime as dt

import pytest

from alcove.booking.policies import AttendanceFacts
from alcove.live.policies import Door, Presence, door, facts_of, is_within
from tests.cast import at

STARTS = at(3, 9)
OPENS, CLOSES = at(3, 8, 45), at(3, 9, 55)
GRACE = dt.timedelta(minutes=10)
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "now", "expected"),
    [
        ("confirmed", at(3, 8, 44), "early"),
        ("confirmed", OPENS, "open"),
        ("confirmed", at(3, 9, 54), "open"),
        ("confirmed", CLOSES, "over"),
        ("requested", OPENS, "unconfirmed"),
        ("completed", OPENS, "over"),
        ("no_show", OPENS, "over"),
        ("cancelled", OPENS, "cancelled"),
        ("declined", OPENS, "cancelled"),
        ("lapsed", OPENS, "cancelled"),
    ],
)
def test_the_door(status: str, now: dt.datetime, expected: Door) -> None:
    assert door(status, opens_at=OPENS, closes_at=CLOSES, now=now) == expected


@pytest.mark.parametrize(
    ("level", "booked", "expected"),
    [
        ("video", "video", True),
        ("audio", "video", True),
        ("chat", "video", True),
        ("video", "audio", False),
        ("audio", "audio", True),
        ("video", "chat", False),
        ("audio", "chat", False),
        ("chat", "chat", True),
    ],
)
def test_a_session_never_uses_more_than_was_booked(level: str, booked: str, expected: bool) -> None:
    assert is_within(level, booked) is expected


def stay(
    role: str, since: int, until: int, *, connected: int | None = None, failed: bool = False
) -> Presence:
    """A stay in minutes after nine; before it they are negative."""
    return Presence(
        role,
        STARTS + since * MINUTE,
        STARTS + until * MINUTE,
        None if connected is None else STARTS + connected * MINUTE,
        failed,
    )


def facts(
    *,
    provider: bool,
    client: bool,
    connected: bool = False,
    together: int = 0,
    failed: bool = False,
) -> AttendanceFacts:
    """The facts, with the time together in minutes."""
    return AttendanceFacts(provider, client, connected, dt.timedelta(minutes=together), failed)


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        pytest.param([], facts(provider=False, client=False), id="nobody came"),
        pytest.param([stay("provider", 0, 45)], facts(provider=True, client=False), id="no client"),
        pytest.param([stay("owner", 0, 45)], facts(provider=False, client=True), id="no provider"),
        pytest.param(
            [stay("owner", 0, 1), stay("provider", 2, 45)],
            facts(provider=True, client=False),
            id="a client who looked in for a minute did not come",
        ),
        pytest.param(
            [stay("owner", 0, 11), stay("provider", 12, 45)],
            facts(provider=False, client=True),
            id="a client who waited for the grace came, and the provider did not",
        ),
        pytest.param(
            [stay("owner", -14, -2), stay("provider", 0, 45)],
            facts(provider=True, client=False),
            id="a client who was early and left did not wait",
        ),
        pytest.param(
            [stay("owner", -9, 9), stay("provider", 10, 45)],
            facts(provider=True, client=False),
            id="waiting counts from the start on",
        ),
        pytest.param(
            [stay("owner", 0, 6), stay("partner", 6, 8), stay("owner", 7, 10)],
            facts(provider=False, client=True),
            id="clients wait together, and by and by",
        ),
        pytest.param(
            [stay("provider", -14, -2)],
            facts(provider=False, client=False),
            id="a provider who was early and left did not come",
        ),
        pytest.param(
            [stay("owner", 0, 45), stay("provider", 0, 45)],
            facts(provider=True, client=True),
            id="both, never connected",
        ),
        pytest.param(
            [stay("owner", 0, 45, connected=1), stay("provider", 0, 40, connected=2)],
            facts(provider=True, client=True, connected=True, together=38),
            id="both, connected",
        ),
        pytest.param(
            [
                stay("provider", 0, 45, connected=5),
                stay("owner", 5, 20, connected=5),
                stay("owner", 22, 45, connected=22),
            ],
            facts(provider=True, client=True, connected=True, together=38),
            id="a client who came back",
        ),
        pytest.param(
            [stay("provider", 0, 45, connected=1, failed=True), stay("partner", 0, 3, connected=1)],
            facts(provider=True, client=True, connected=True, together=2, failed=True),
            id="a path that failed",
        ),
        pytest.param(
            [stay("provider", 0, 45), stay("owner", 20, 20)],
            facts(provider=True, client=False),
            id="a client who looks in on a waiting provider did not come",
        ),
        pytest.param(
            [stay("provider", 20, 20), stay("owner", 0, 45)],
            facts(provider=False, client=True),
            id="a provider who looks in on a waiting client did not come",
        ),
        pytest.param(
            [stay("provider", 0, 45), stay("owner", 0, 1)],
            facts(provider=True, client=True),
            id="a minute is a meeting, though they never reached each other",
        ),
        pytest.param(
            [stay("provider", 0, 45), stay("owner", 5, 5, failed=True)],
            facts(provider=True, client=True, failed=True),
            id="a client who was thrown out at once by a failing path came",
        ),
        pytest.param(
            [
                stay("provider", 20, 20),
                stay("owner", 0, 45, connected=1),
                stay("partner", 0, 45, connected=1),
            ],
            facts(provider=False, client=True),
            id="a couple who reach each other have not met their provider",
        ),
    ],
)
def test_what_the_stays_come_to(stays: list[Presence], expected: AttendanceFacts) -> None:
    assert facts_of(stays, starts_at=STARTS, waits_at_least=GRACE) == expected
