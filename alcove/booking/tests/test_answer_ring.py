"""Accepting, declining, withdrawing and lapsing: one of them wins, and only a yes spends (R16)."""

import datetime as dt
from collections.abc import Callable

import pytest

from alcove.availability.actions.become_available import become_available, end_availability
from alcove.billing.errors import NotEnoughCredits
from alcove.billing.models import CreditEntry
from alcove.booking.access import ring_for
from alcove.booking.actions.accept_ring import accept_ring
from alcove.booking.actions.decline_ring import decline_ring
from alcove.booking.actions.lapse_ring import lapse_ring
from alcove.booking.actions.settle_ring import settle_ring
from alcove.booking.actions.withdraw_ring import withdraw_ring
from alcove.booking.errors import (
    AlreadyStarted,
    NotRoomOwner,
    RingLapsed,
    RingSettled,
    RoomNotBookable,
)
from alcove.booking.models import Appointment, Ring, SlotHold, Status, TimeClaim
from alcove.core import jobs
from alcove.core.errors import DomainError, NotAllowed, NotFound
from alcove.core.models import Event
from alcove.people.models import Person
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, at, book, book_confirmed, cancel, hold_to_move, ring
from tests.untouched import refused

MINUTE = dt.timedelta(minutes=1)
LATER = NOW + dt.timedelta(seconds=75, milliseconds=900)
LAST_MOMENT = NOW + 2 * MINUTE - dt.timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _available(cast: Cast) -> None:
    become_available(actor=cast.provider, minutes=60, now=NOW)


def accept(found: Ring, *, actor: Person | None = None, now: dt.datetime = LATER) -> Appointment:
    return accept_ring(actor=actor or found.provider, code=found.code, now=now)


def decline(found: Ring, *, actor: Person | None = None, now: dt.datetime = LATER) -> Ring:
    return decline_ring(actor=actor or found.provider, code=found.code, now=now)


def withdraw(found: Ring, *, actor: Person | None = None, now: dt.datetime = LATER) -> Ring:
    return withdraw_ring(actor=actor or found.rung_by, code=found.code, now=now)


ENDS: dict[str, Callable[..., object]] = {
    "accepted": accept,
    "declined": decline,
    "withdrawn": withdraw,
}


def told() -> list[str]:
    kinds = Event.objects.exclude(kind="calendar.available_now").order_by("id")
    return list(kinds.values_list("kind", flat=True))


def ledger_of(room: Room) -> list[str]:
    return list(CreditEntry.objects.filter(room=room).order_by("id").values_list("kind", flat=True))


def test_accepting_starts_a_confirmed_session_this_second_and_reserves_a_credit(
    cast: Cast,
) -> None:
    found = ring(cast.couples_room)

    appointment = accept(found)

    starts_at = NOW + dt.timedelta(seconds=75)
    assert (appointment.starts_at, appointment.ends_at) == (starts_at, starts_at + 45 * MINUTE)
    assert (appointment.status, appointment.was_confirmed) == (Status.CONFIRMED, True)
    assert (appointment.booked_by, appointment.provider) == (cast.client, cast.provider)
    assert (appointment.modality, appointment.booked_at) == ("video", LATER)
    found.refresh_from_db()
    assert (found.answer, found.answered_at) == ("accepted", LATER)
    assert found.became == appointment
    assert ledger_of(cast.couples_room) == ["granted", "reserved"]
    assert told() == ["ring.rung", "ring.accepted", "appointment.confirmed"]
    assert Event.objects.latest("id").data["ring"] == found.code
    assert SlotHold.objects.count() == 0


def test_accepted_session_claims_exactly_its_own_time(cast: Cast) -> None:
    appointment = accept(ring(cast.couples_room))

    spans = {
        claim.person: (claim.starts_at, claim.ends_at, claim.appointment)
        for claim in TimeClaim.objects.all()
    }
    own = (appointment.starts_at, appointment.ends_at, appointment)
    rest = (appointment.starts_at, appointment.ends_at + 10 * MINUTE, appointment)
    assert spans == {cast.client: own, cast.partner: own, cast.provider: rest}


def test_session_can_be_accepted_up_to_the_last_moment_and_not_after(cast: Cast) -> None:
    found = ring(cast.room)

    with refused(RingLapsed):
        accept(found, now=NOW + 2 * MINUTE)
    appointment = accept(found, now=LAST_MOMENT)

    assert appointment.starts_at == NOW + dt.timedelta(seconds=119)


def test_server_whose_clock_is_behind_starts_the_session_with_the_ring(cast: Cast) -> None:
    assert accept(ring(cast.room), now=NOW - dt.timedelta(seconds=2)).starts_at == NOW


def test_accepting_again_gives_the_same_session_and_has_no_second_effect(cast: Cast) -> None:
    found = ring(cast.room)
    first = accept(found)

    again = accept(found, now=LATER + MINUTE)

    assert again == first
    assert Appointment.objects.count() == 1
    assert ledger_of(cast.room) == ["granted", "reserved"]
    assert told() == ["ring.rung", "ring.accepted", "appointment.confirmed"]


def test_accepted_session_can_be_neither_moved_nor_cancelled(cast: Cast) -> None:
    appointment = accept(ring(cast.room))

    with pytest.raises(AlreadyStarted):
        cancel(appointment, now=LATER)
    with pytest.raises(AlreadyStarted):
        hold_to_move(appointment, at(4, 9), now=LATER)


def test_accepting_gives_back_the_credit_of_somebody_who_gave_up_that_time_late(
    cast: Cast,
) -> None:
    given_up = book_confirmed(cast.strangers_room, at(2, 9), now=at(1, 9))
    cancel(given_up, agreed="credit", now=at(2, 8))

    accept(ring(cast.room))

    assert ledger_of(cast.strangers_room) == ["granted", "reserved", "forfeited", "restored"]


def test_ring_whose_last_credit_went_elsewhere_is_not_accepted_and_stays_open(cast: Cast) -> None:
    found = ring(cast.room)
    for hour in range(9, 13):
        book(cast.room, at(4, hour))

    with refused(NotEnoughCredits):
        accept(found)


def test_ring_of_a_room_that_was_closed_meanwhile_is_not_accepted(cast: Cast) -> None:
    found = ring(cast.room)
    Room.objects.filter(pk=cast.room.pk).update(closed_at=LATER)

    with refused(RoomNotBookable):
        accept(found)


def test_ring_can_be_answered_when_the_provider_is_available_no_longer(cast: Cast) -> None:
    found = ring(cast.room)
    end_availability(actor=cast.provider, now=NOW + MINUTE)

    assert accept(found).status == Status.CONFIRMED


@pytest.mark.parametrize("end", ["declined", "withdrawn"])
def test_declined_or_withdrawn_ring_frees_everybodys_time_and_spends_nothing(
    cast: Cast, end: str
) -> None:
    found = ring(cast.room)

    ENDS[end](found)

    found.refresh_from_db()
    assert (found.answer, found.answered_at, found.became) == (end, LATER, None)
    assert TimeClaim.objects.count() == SlotHold.objects.count() == 0
    assert ledger_of(cast.room) == ["granted"]
    assert told() == ["ring.rung", f"ring.{end}"]
    assert ring(cast.strangers_room, now=LATER).answer == ""


def test_unanswered_ring_lapses_by_its_job_after_two_minutes_and_spends_nothing(
    cast: Cast,
) -> None:
    found = ring(cast.room)

    jobs.run_due(LAST_MOMENT)
    found.refresh_from_db()
    assert found.answer == ""
    jobs.run_due(NOW + 2 * MINUTE)

    found.refresh_from_db()
    assert (found.answer, found.answered_at) == ("lapsed", NOW + 2 * MINUTE)
    assert TimeClaim.objects.count() == SlotHold.objects.count() == 0
    assert ledger_of(cast.room) == ["granted"]
    assert told() == ["ring.rung", "ring.lapsed"]


def test_job_of_an_answered_ring_does_nothing(cast: Cast) -> None:
    found = ring(cast.room)
    decline(found)

    jobs.run_due(NOW + 2 * MINUTE)

    found.refresh_from_db()
    assert found.answer == "declined"
    assert told() == ["ring.rung", "ring.declined"]


@pytest.mark.parametrize("first", [*ENDS, "lapsed"])
@pytest.mark.parametrize("second", list(ENDS))
def test_second_answer_is_told_the_first_and_changes_nothing(
    cast: Cast, first: str, second: str
) -> None:
    found = ring(cast.room)
    if first == "lapsed":
        lapse_ring(ring=found, now=NOW + 2 * MINUTE)
    else:
        ENDS[first](found)

    if first == second:
        ENDS[second](found)
        assert told().count(f"ring.{first}") == 1
        return
    with refused(RingSettled):
        ENDS[second](found)


def test_lapse_that_comes_second_is_told_so(cast: Cast) -> None:
    found = ring(cast.room)
    decline(found)

    with refused(RingSettled):
        lapse_ring(ring=found, now=NOW + 2 * MINUTE)


def test_answer_from_a_stale_reading_loses_at_the_database(cast: Cast) -> None:
    """What ``lock_people`` makes impossible is refused by the conditional update all the same."""
    stale = ring_for(cast.provider, ring(cast.room).code)
    accept(stale)

    with refused(RingSettled):
        settle_ring(stale, Ring.Answer.DECLINED, now=LATER)
    assert stale.answer == "accepted"


@pytest.mark.parametrize("end", ["declined", "withdrawn"])
def test_answer_after_two_minutes_is_too_late(cast: Cast, end: str) -> None:
    found = ring(cast.room)

    with refused(RingLapsed):
        ENDS[end](found, now=NOW + 2 * MINUTE)


@pytest.mark.parametrize(
    ("end", "who", "error"),
    [
        ("accepted", "client", NotAllowed),
        ("accepted", "partner", NotAllowed),
        ("accepted", "second_provider", NotFound),
        ("accepted", "stranger", NotFound),
        ("accepted", "staff", NotFound),
        ("declined", "client", NotAllowed),
        ("declined", "partner", NotAllowed),
        ("declined", "second_provider", NotFound),
        ("declined", "stranger", NotFound),
        ("declined", "staff", NotFound),
        ("withdrawn", "partner", NotRoomOwner),
        ("withdrawn", "provider", NotAllowed),
        ("withdrawn", "second_provider", NotFound),
        ("withdrawn", "stranger", NotFound),
        ("withdrawn", "staff", NotFound),
    ],
)
def test_nobody_else_can_answer_or_withdraw_a_ring(
    cast: Cast, end: str, who: str, error: type[DomainError]
) -> None:
    found = ring(cast.couples_room)

    with refused(error):
        ENDS[end](found, actor=getattr(cast, who))
