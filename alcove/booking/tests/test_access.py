"""Who sees which appointment, hold and room: members do, nobody else."""

import pytest

from alcove.booking.access import (
    appointment_for,
    appointments_of,
    bookable_room_for,
    bookable_rooms_of,
    hold_for,
    require_provider,
    require_scheduler,
)
from alcove.booking.errors import NotRoomOwner
from alcove.core.errors import NotAllowed, NotFound
from tests.cast import Cast, at, book, hold

EVERYBODY = ("client", "partner", "provider", "second_provider", "staff", "stranger")


@pytest.mark.parametrize("who", EVERYBODY)
def test_appointment_is_seen_by_its_rooms_members_alone(cast: Cast, who: str) -> None:
    appointment = book(cast.couples_room, at(4, 9))
    person = getattr(cast, who)

    if who in {"client", "partner", "provider"}:
        assert appointment_for(person, appointment.code) == appointment
        assert list(appointments_of(person)) == [appointment]
        return
    assert list(appointments_of(person)) == []
    with pytest.raises(NotFound):
        appointment_for(person, appointment.code)


@pytest.mark.parametrize("who", EVERYBODY)
def test_hold_is_seen_by_the_client_who_schedules(cast: Cast, who: str) -> None:
    kept = hold(cast.couples_room, at(4, 9))

    if who == "client":
        assert hold_for(cast.client, kept.code) == kept
        return
    with pytest.raises(NotFound):
        hold_for(getattr(cast, who), kept.code)


def test_owner_who_left_the_room_sees_nothing_of_it(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    kept = hold(cast.room, at(4, 11))
    cast.room.memberships.filter(person=cast.client).delete()

    for look in (
        lambda: appointment_for(cast.client, appointment.code),
        lambda: hold_for(cast.client, kept.code),
        lambda: bookable_room_for(cast.client, cast.room.code),
    ):
        with pytest.raises(NotFound):
            look()


def test_bookable_rooms_are_those_of_the_person(cast: Cast) -> None:
    assert set(bookable_rooms_of(cast.client)) == {
        cast.room,
        cast.couples_room,
        cast.second_room,
    }
    assert set(bookable_rooms_of(cast.partner)) == {cast.couples_room}
    assert set(bookable_rooms_of(cast.stranger)) == {cast.strangers_room}
    assert set(bookable_rooms_of(cast.staff)) == set()


@pytest.mark.parametrize("code", ["", "0", "' OR 1=1 --", "ZZZZZZZZZZZZ"])
def test_unknown_code_is_not_found(cast: Cast, code: str) -> None:
    for look in (appointment_for, hold_for, bookable_room_for):
        with pytest.raises(NotFound):
            look(cast.client, code)


def test_only_the_owner_schedules(cast: Cast) -> None:
    require_scheduler(cast.client, cast.couples_room)
    with pytest.raises(NotRoomOwner):
        require_scheduler(cast.partner, cast.couples_room)
    with pytest.raises(NotAllowed):
        require_scheduler(cast.provider, cast.couples_room)


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who != "provider"])
def test_only_the_appointments_provider_answers(cast: Cast, who: str) -> None:
    appointment = book(cast.couples_room, at(4, 9))

    require_provider(cast.provider, appointment)
    with pytest.raises(NotAllowed):
        require_provider(getattr(cast, who), appointment)
