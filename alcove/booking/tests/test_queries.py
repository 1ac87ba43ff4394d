"""Lists of sessions and searches for free starts: right, and in few statements."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from alcove.booking.access import bookable_room_for, bookable_rooms_of
from alcove.booking.models import Appointment
from alcove.booking.queries import SlotSearch, past, requests_for, room_terms, upcoming
from alcove.people.models import Practice
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, at, book, book_confirmed, cancel, hold


def search(cast: Cast, room: Room, now: dt.datetime = NOW) -> SlotSearch:
    room = bookable_room_for(room.owner, room.code)
    calendar, _ = room_terms(room, Practice.load(), now).require_bookable()
    return SlotSearch(room, calendar, "video", 45, now)


def test_upcoming_sessions_come_next_first_and_end_with_their_end(cast: Cast) -> None:
    later = book(cast.room, at(6, 9))
    sooner = book_confirmed(cast.couples_room, at(4, 9))
    cancel(book(cast.room, at(5, 9)))

    assert list(upcoming(cast.client, NOW)) == [sooner, later]
    assert list(upcoming(cast.partner, NOW)) == [sooner]
    assert list(upcoming(cast.stranger, NOW)) == []
    last = at(4, 9, 45) - dt.timedelta(microseconds=1)
    assert list(upcoming(cast.client, last)) == [sooner, later]
    assert list(upcoming(cast.client, at(4, 9, 45))) == [later]


def test_past_and_upcoming_are_all_there_is(cast: Cast) -> None:
    cancelled = cancel(book(cast.room, at(5, 9)))
    over = book_confirmed(cast.room, at(4, 9))
    coming = book(cast.room, at(6, 9))

    assert list(past(cast.client, at(4, 10))) == [cancelled, over]
    assert list(upcoming(cast.client, at(4, 10))) == [coming]


def test_requests_come_in_the_order_of_their_deadlines(cast: Cast) -> None:
    far = book(cast.room, at(6, 9))
    near = book(cast.strangers_room, at(2, 14))
    book_confirmed(cast.couples_room, at(5, 9))

    assert list(requests_for(cast.provider)) == [near, far]
    assert list(requests_for(cast.second_provider)) == []
    assert list(requests_for(cast.client)) == []


@pytest.mark.parametrize("sessions", [1, 3])
def test_lists_read_in_one_statement(
    cast: Cast, sessions: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(sessions):
        book(cast.room, at(9 + day, 9))

    for rows in (upcoming(cast.client, NOW), requests_for(cast.provider)):
        with django_assert_num_queries(1):
            shown = [
                (row.room.owner.name, row.room.provider.name, row.room.entitlement.plan.name)
                for row in rows
            ]
        assert len(shown) == sessions


def test_rooms_and_their_terms_read_in_one_statement(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    practice = Practice.load()

    with django_assert_num_queries(1):
        terms = [room_terms(room, practice, NOW) for room in bookable_rooms_of(cast.client)]

    assert [found.obstacle for found in terms] == [None, None, None]


def test_free_starts_leave_out_what_is_taken_and_not_the_rooms_own_hold(cast: Cast) -> None:
    book(cast.strangers_room, at(4, 8))
    hold(cast.room, at(4, 10))
    hold(cast.couples_room, at(4, 12))

    starts = search(cast, cast.room).starts(at(4, 0), at(4, 14))

    # 8:00 to 8:45 and ten minutes' rest are the stranger's; the client cannot be in two rooms.
    assert starts == [
        at(4, hour, minute)
        for hour, minutes in (
            (9, (0, 15, 30, 45)),
            (10, (0, 15, 30, 45)),
            (11, (0,)),
            (13, (0, 15, 30, 45)),
        )
        for minute in minutes
    ]


def test_answer_for_a_span_is_that_of_its_parts(cast: Cast) -> None:
    book(cast.strangers_room, at(4, 8))
    question = search(cast, cast.room)

    parts = [start for day in range(3, 7) for start in question.starts(at(day, 0), at(day + 1, 0))]

    assert question.starts(at(3, 0), at(7, 0)) == parts
    assert all(question.is_free(start) for start in parts)


def test_next_free_start_is_the_first_of_all(cast: Cast) -> None:
    assert search(cast, cast.room).next_start() == at(2, 11)


@pytest.mark.parametrize("sessions", [1, 3])
def test_search_takes_at_most_four_statements(cast: Cast, sessions: int) -> None:
    for day in range(sessions):
        book(cast.strangers_room, at(9 + day, 9))
    Appointment.objects.filter(starts_at=at(9, 9)).update(status="completed")
    question = search(cast, cast.room)

    with CaptureQueriesContext(connection) as statements:
        question.starts(NOW, NOW + dt.timedelta(days=30))

    assert len(statements) == 4
