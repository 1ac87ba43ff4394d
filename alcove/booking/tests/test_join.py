"""The way into a session: from Schedule, its page and its card in the room (R14)."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from alcove.booking.display import door_of
from alcove.booking.queries import open_doors
from alcove.core import jobs
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room
from tests.cast import Cast, at, book, book_confirmed, cancel, move

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


@pytest.mark.parametrize("minutes", [-16, -15, -14, 0, 44, 54, 55, 56])
def test_a_door_is_listed_as_open_exactly_while_it_is(cast: Cast, minutes: int) -> None:
    appointment = book_confirmed(cast.couples_room, at(4, 9))
    practice, now = Practice.load(), at(4, 9) + dt.timedelta(minutes=minutes)

    door = door_of(appointment, practice, now)

    expected = [appointment] if door and door.is_open else []
    for member in (cast.client, cast.partner, cast.provider):
        assert list(open_doors(member, practice, now)) == expected
    assert list(open_doors(cast.stranger, practice, now)) == []


def test_requested_and_cancelled_sessions_have_no_open_door(cast: Cast) -> None:
    book(cast.room, at(4, 9))
    cancel(book_confirmed(cast.second_room, at(4, 16)))

    for now in (at(4, 9), at(4, 16)):
        assert list(open_doors(cast.client, Practice.load(), now)) == []


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


def joins_at(person: Person, room: Room, now: dt.datetime) -> int:
    """How often the room's page leads into a live session."""
    client = Client()
    client.force_login(person)
    with time_machine.travel(now, tick=False):
        page = client.get(reverse("rooms:room", args=[room.code])).content.decode()
    return page.count('href="/live/')


@pytest.mark.parametrize("who", ["client", "partner", "provider"])
def test_the_room_leads_into_the_session_at_its_top_and_from_the_card(cast: Cast, who: str) -> None:
    book_confirmed(cast.couples_room, at(4, 9))
    jobs.run_due()
    person = getattr(cast, who)

    moments = (OPENS - dt.timedelta(seconds=1), OPENS, CLOSES - dt.timedelta(seconds=1), CLOSES)

    assert [joins_at(person, cast.couples_room, now) for now in moments] == [0, 2, 2, 0]


def test_a_room_leads_into_no_session_of_another_room(cast: Cast) -> None:
    book_confirmed(cast.room, at(4, 9))

    assert joins_at(cast.client, cast.couples_room, OPENS) == 0
    assert joins_at(cast.stranger, cast.strangers_room, OPENS) == 0


def test_the_card_of_a_time_that_no_longer_holds_leads_nowhere(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    move(appointment, at(5, 9))
    cancelled = book_confirmed(cast.second_room, at(4, 16))
    cancel(cancelled)
    jobs.run_due()

    assert joins_at(cast.client, cast.room, at(4, 9)) == 0
    assert joins_at(cast.client, cast.second_room, at(4, 16)) == 0


def test_the_list_of_rooms_leads_into_the_session_that_is_open(cast: Cast, client: Client) -> None:
    appointment = book_confirmed(cast.couples_room, at(4, 9))
    found = {}

    for who in ("client", "partner", "provider", "stranger"):
        client.force_login(getattr(cast, who))
        with time_machine.travel(OPENS, tick=False):
            page = client.get(reverse("rooms:list")).content.decode()
        found[who] = page.count(reverse("live:session", args=[appointment.code]))

    assert found == {"client": 1, "partner": 1, "provider": 1, "stranger": 0}


def test_the_page_of_a_session_says_from_when_on_it_can_be_joined(
    cast: Cast, client: Client
) -> None:
    code = book_confirmed(cast.room, at(4, 9)).code
    client.force_login(cast.client)

    with time_machine.travel(at(3, 9), tick=False):
        page = client.get(reverse("booking:appointment", args=[code])).content.decode()

    assert "You can join from" in page
    assert reverse("live:session", args=[code]) in page
