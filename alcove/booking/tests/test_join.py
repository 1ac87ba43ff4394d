"""The way into a session: from Schedule, its page and its card in the room (R14)."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from alcove.booking.display import door_of
from alcove.core import jobs
from alcove.people.models import Practice
from tests.cast import Cast, at, book, book_confirmed

OPENS, CLOSES = at(4, 8, 45), at(4, 9, 55)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [(OPENS - dt.timedelta(seconds=1), False), (OPENS, True), (CLOSES, None)],
)
def test_the_door_of_a_confirmed_session(
    cast: Cast, now: dt.datetime, is_open: bool | None
) -> None:
    door = door_of(book_confirmed(cast.room, at(4, 9)), Practice.load(), now)

    assert (door.is_open if door else None) is is_open


def test_a_request_has_no_door(cast: Cast) -> None:
    assert door_of(book(cast.room, at(4, 9)), Practice.load(), OPENS) is None


@pytest.mark.parametrize("who", ["client", "partner", "provider"])
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - dt.timedelta(days=1, seconds=1), 0),
        (OPENS - dt.timedelta(seconds=1), 1),
        (OPENS, 1),
        (CLOSES - dt.timedelta(seconds=1), 1),
        (CLOSES, 0),
    ],
)
def test_schedule_leads_into_the_session_while_it_can_be_joined(
    cast: Cast, client: Client, who: str, now: dt.datetime, expected: int
) -> None:
    code = book_confirmed(cast.couples_room, at(4, 9)).code
    client.force_login(getattr(cast, who))

    with time_machine.travel(now, tick=False):
        page = client.get(reverse("booking:schedule")).content.decode()

    assert page.count(reverse("live:session", args=[code])) == expected


def test_the_room_leads_into_the_session_while_the_door_is_open(cast: Cast, client: Client) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    jobs.run_due()
    client.force_login(cast.client)
    found = []

    for now in (OPENS - dt.timedelta(seconds=1), OPENS, CLOSES):
        with time_machine.travel(now, tick=False):
            page = client.get(reverse("rooms:room", args=[cast.room.code])).content.decode()
        found.append(reverse("live:session", args=[appointment.code]) in page)

    assert found == [False, True, False]


def test_the_page_of_a_session_says_from_when_on_it_can_be_joined(
    cast: Cast, client: Client
) -> None:
    code = book_confirmed(cast.room, at(4, 9)).code
    client.force_login(cast.client)

    with time_machine.travel(at(3, 9), tick=False):
        page = client.get(reverse("booking:appointment", args=[code])).content.decode()

    assert "You can join from" in page
    assert reverse("live:session", args=[code]) in page
