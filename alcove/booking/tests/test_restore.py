"""A forfeited credit comes back when somebody else takes the freed time."""

import datetime as dt

import pytest

from alcove.availability.models import ProviderCalendar
from alcove.billing.ledger import Balance, balance
from alcove.billing.models import CreditEntry
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.models import FreedTime
from alcove.core.models import Event
from tests.cast import CREDITS, NOW, Cast, at, book, book_confirmed, cancel, move

LATE = NOW + dt.timedelta(minutes=1)
LOST = Balance(available=CREDITS - 1, held=0)
BACK = Balance(available=CREDITS, held=0)


@pytest.fixture
def freed(cast: Cast) -> FreedTime:
    """Tuesday 9:00 to 9:45 UTC, cancelled too late by the client."""
    cancel(book_confirmed(cast.room, at(3, 9)), agreed="credit", now=LATE)
    return FreedTime.objects.get()


def restored_events() -> int:
    return Event.objects.filter(kind="credit.restored").count()


def test_confirmed_session_of_another_room_brings_the_credit_back(
    cast: Cast, freed: FreedTime
) -> None:
    request = book(cast.strangers_room, at(3, 9), now=LATE)
    assert balance(cast.room, LATE) == LOST

    confirm_appointment(actor=cast.provider, code=request.code, now=LATE)

    assert balance(cast.room, LATE) == BACK
    freed.refresh_from_db()
    assert freed.restored_at == LATE
    event = Event.objects.get(kind="credit.restored")
    assert (event.subject, event.actor) == (freed.appointment.key, "system")


@pytest.mark.parametrize(
    ("hour", "minute", "back"), [(8, 15, False), (8, 30, True), (9, 30, True), (9, 45, False)]
)
def test_overlapping_sessions_count_and_touching_ones_do_not(
    cast: Cast, freed: FreedTime, hour: int, minute: int, back: bool
) -> None:
    book_confirmed(cast.strangers_room, at(3, hour, minute), now=LATE)

    assert balance(cast.room, LATE) == (BACK if back else LOST)


def test_own_new_session_does_not_bring_it_back(cast: Cast, freed: FreedTime) -> None:
    book_confirmed(cast.room, at(3, 9), now=LATE)

    assert balance(cast.room, LATE) == Balance(available=CREDITS - 2, held=1)
    assert restored_events() == 0


def test_other_providers_session_does_not_bring_it_back(cast: Cast, freed: FreedTime) -> None:
    ProviderCalendar.objects.update(time_zone="Europe/Berlin")
    cast.second_room.provider.refresh_from_db()

    book_confirmed(cast.second_room, at(3, 9), now=LATE)

    assert balance(cast.room, LATE) == LOST


def test_credit_comes_back_once_however_often_the_time_is_refilled(
    cast: Cast, freed: FreedTime
) -> None:
    for _ in range(2):
        session = book_confirmed(cast.strangers_room, at(3, 9), now=LATE)
        cancel(session, actor=cast.provider, now=LATE)
    book_confirmed(cast.strangers_room, at(3, 9, 30), now=LATE)

    assert balance(cast.room, LATE) == BACK
    assert CreditEntry.objects.filter(kind="restored").count() == 1
    assert restored_events() == 1


def test_automatic_confirmation_brings_it_back(cast: Cast, freed: FreedTime) -> None:
    ProviderCalendar.objects.update(confirms_automatically=True)

    book(cast.strangers_room, at(3, 9), now=LATE)

    assert balance(cast.room, LATE) == BACK


def test_time_freed_by_a_late_move_counts_the_same(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(3, 9))
    move(appointment, at(6, 11), agreed="credit", now=LATE)
    assert balance(cast.room, LATE) == Balance(available=CREDITS - 2, held=1)

    book_confirmed(cast.strangers_room, at(3, 9), now=LATE)

    assert balance(cast.room, LATE) == Balance(available=CREDITS - 1, held=1)


def test_moved_session_of_another_room_brings_it_back(cast: Cast, freed: FreedTime) -> None:
    other = book_confirmed(cast.strangers_room, at(5, 9), now=LATE)
    move(other, at(3, 9, 15), now=LATE)
    assert balance(cast.room, LATE) == LOST

    confirm_appointment(actor=cast.provider, code=other.code, now=LATE)

    assert balance(cast.room, LATE) == BACK


def test_one_session_brings_back_every_credit_whose_time_it_takes(
    cast: Cast, freed: FreedTime
) -> None:
    later = at(2, 10)
    again = book_confirmed(cast.couples_room, at(3, 9, 30), now=later)
    assert balance(cast.room, later) == BACK
    cancel(again, agreed="credit", now=later)
    first = book_confirmed(cast.couples_room, at(3, 8, 30), now=later)
    cancel(first, agreed="credit", now=later)
    assert balance(cast.couples_room, later) == Balance(available=CREDITS - 2, held=0)

    book_confirmed(cast.strangers_room, at(3, 9), length=60, now=later)

    assert balance(cast.couples_room, later) == BACK
    assert restored_events() == 3
