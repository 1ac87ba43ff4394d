"""Whose time a room's sessions take when a partner joins or leaves."""

import datetime as dt

import pytest

from alcove.availability.actions.become_available import become_available
from alcove.booking.actions.request import request_appointment
from alcove.booking.errors import HoldExpired, SlotTaken, TimeNotFree
from alcove.booking.models import Status, TimeClaim
from alcove.booking.queries import upcoming
from alcove.core.models import Event
from alcove.people.models import Person
from alcove.rooms.actions.accept_invitation import accept_invitation
from alcove.rooms.actions.leave_room import leave_room, remove_partner
from alcove.rooms.models import Membership, Room
from tests.cast import NOW, Cast, at, book, book_confirmed, cancel, hold, move, ring
from tests.couples import invited, partners_own_session, what_is_broken
from tests.untouched import refused

SOON = NOW + dt.timedelta(minutes=1)


@pytest.fixture
def alone(cast: Cast) -> Room:
    """The client's couples room before the partner joined."""
    Membership.objects.get(room=cast.couples_room, role="partner").delete()
    return cast.couples_room


def accept(cast: Cast, room: Room, now: dt.datetime = SOON) -> None:
    _invitation, token = invited(cast.client, room, cast.partner.email)
    accept_invitation(actor=cast.partner, token=token, now=now)


def claims(person: Person) -> list[tuple[dt.datetime, dt.datetime]]:
    rows = TimeClaim.objects.filter(person=person).order_by("starts_at")
    return list(rows.values_list("starts_at", "ends_at"))


def told(kind: str) -> list[tuple[str, int]]:
    """Session and person of the events of this kind."""
    events = Event.objects.filter(kind=kind).order_by("pk")
    return [(event.data["code"], event.data["person"]) for event in events]


def test_newcomers_time_is_taken_by_every_coming_session(cast: Cast, alone: Room) -> None:
    confirmed, requested = book_confirmed(alone, at(4, 9)), book(alone, at(5, 9))
    cancel(book(alone, at(6, 9)))

    accept(cast, alone)

    assert claims(cast.partner) == [
        (session.starts_at, session.ends_at) for session in (confirmed, requested)
    ]
    # Calendars were told of the confirmed one only.
    assert told("appointment.shared") == [(confirmed.code, cast.partner.pk)]
    assert [one.code for one in upcoming(cast.partner, SOON)] == [confirmed.code, requested.code]
    assert what_is_broken(SOON) == {}


def test_session_that_is_on_takes_their_time_and_one_that_is_over_does_not(
    cast: Cast, alone: Room
) -> None:
    over, on = book_confirmed(alone, at(4, 9)), book_confirmed(alone, at(4, 10))

    accept(cast, alone, now=at(4, 10, 15))

    assert claims(cast.partner) == [(on.starts_at, on.ends_at)]
    assert [one.code for one in upcoming(cast.partner, at(4, 8))] == [on.code]
    assert "An active session claims the time of each member, buffers for the provider" not in (
        what_is_broken(at(4, 10, 15))
    )
    assert over.code not in str(told("appointment.shared"))


def test_newcomer_with_a_session_of_their_own_is_told_which_and_nothing_changes(
    cast: Cast, alone: Room
) -> None:
    book(alone, at(4, 15))
    book(alone, at(5, 15))
    partners_own_session(cast, at(4, 15, 30))
    _invitation, token = invited(cast.client, alone, cast.partner.email)

    with refused(TimeNotFree) as caught:
        accept_invitation(actor=cast.partner, token=token, now=SOON)

    # Lima's wall clock, and the start of their own session rather than of the couple's.
    assert caught.value.data["when"].replace("\u202f", " ") == "Wed, Mar 4, 10:30 AM – 11:00 AM"


def test_sessions_that_touch_are_no_hindrance(cast: Cast, alone: Room) -> None:
    book(alone, at(4, 15))
    partners_own_session(cast, at(4, 15, 45))

    accept(cast, alone)

    assert what_is_broken(SOON) == {}


def test_what_the_owner_reviews_is_kept_for_the_newcomer_too(cast: Cast, alone: Room) -> None:
    kept = hold(alone, at(4, 9))

    accept(cast, alone)

    booked = request_appointment(actor=cast.client, hold_code=kept.code, now=SOON)
    assert claims(cast.partner) == [(booked.starts_at, booked.ends_at)]


def test_what_the_owner_reviews_is_given_up_where_the_newcomer_is_not_free(
    cast: Cast, alone: Room
) -> None:
    kept = hold(alone, at(4, 15))
    partners_own_session(cast, at(4, 15))

    accept(cast, alone)

    with refused(HoldExpired):
        request_appointment(actor=cast.client, hold_code=kept.code, now=SOON)
    assert not TimeClaim.objects.filter(hold=kept).exists()


def test_new_time_for_a_session_under_review_is_kept_for_the_newcomer(
    cast: Cast, alone: Room
) -> None:
    session = book(alone, at(4, 9))

    accept(cast, alone)

    move(session, at(4, 9, 15), now=SOON)
    assert claims(cast.partner) == [(at(4, 9, 15), at(4, 10))]
    assert what_is_broken(SOON) == {}


def test_open_ring_keeps_the_newcomers_time(cast: Cast, alone: Room) -> None:
    become_available(actor=cast.provider, minutes=60, now=NOW)
    ring(alone)

    accept(cast, alone)

    assert len(claims(cast.partner)) == 1
    assert what_is_broken(SOON) == {}


def test_nobody_books_what_the_partner_cannot_keep(cast: Cast, alone: Room) -> None:
    partners_own_session(cast, at(4, 15))
    accept(cast, alone)

    with refused(SlotTaken):
        book(alone, at(4, 15), now=SOON)


@pytest.mark.parametrize("way", ["leaves", "is removed"])
def test_who_goes_gives_their_time_up_and_the_session_stands(cast: Cast, way: str) -> None:
    room = cast.couples_room
    session, requested = book_confirmed(room, at(4, 9)), book(room, at(5, 9))

    if way == "leaves":
        leave_room(actor=cast.partner, room_code=room.code, now=SOON)
    else:
        remove_partner(actor=cast.client, room_code=room.code, now=SOON)

    assert claims(cast.partner) == []
    assert len(claims(cast.client)) == len(claims(cast.provider)) == 2
    before = session.sequence
    session.refresh_from_db()
    requested.refresh_from_db()
    assert (session.status, requested.status) == (Status.CONFIRMED, Status.REQUESTED)
    assert session.sequence == before + 1
    assert told("appointment.withdrawn") == [(session.code, cast.partner.pk)]
    assert not upcoming(cast.partner, SOON).exists()
    assert what_is_broken(SOON) == {}


def test_sessions_go_on_with_the_two_who_stay(cast: Cast) -> None:
    room = cast.couples_room
    session, kept = book(room, at(4, 9)), hold(room, at(6, 9))
    leave_room(actor=cast.partner, room_code=room.code, now=SOON)

    moved = move(session, at(5, 9), now=SOON)

    assert moved.starts_at == at(5, 9)
    assert not TimeClaim.objects.filter(hold=kept).exists()
    book(room, at(6, 9), now=SOON)
    assert what_is_broken(SOON) == {}


def test_time_under_review_is_booked_by_those_who_stay(cast: Cast) -> None:
    kept = hold(cast.couples_room, at(4, 9))
    leave_room(actor=cast.partner, room_code=cast.couples_room.code, now=SOON)

    session = request_appointment(actor=cast.client, hold_code=kept.code, now=SOON)

    assert session.claims.count() == 2


def test_new_partner_sees_no_session_of_the_former_one(cast: Cast) -> None:
    room = cast.couples_room
    past = book_confirmed(room, at(4, 9))
    leave_room(actor=cast.partner, room_code=room.code, now=at(5, 9))
    coming = book(room, at(6, 9), now=at(5, 9))
    _invitation, token = invited(cast.client, room, cast.stranger.email, now=at(5, 9))

    accept_invitation(actor=cast.stranger, token=token, now=at(5, 10))

    found = [one.code for one in upcoming(cast.stranger, NOW)]
    assert found == [coming.code]
    assert past.code not in found
