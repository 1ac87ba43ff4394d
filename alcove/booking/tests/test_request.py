"""Booking the held time: a credit reserved, the terms kept, one event."""

import datetime as dt

import pytest

from alcove.availability.models import ProviderCalendar
from alcove.billing.errors import NotEnoughCredits
from alcove.billing.ledger import Balance, balance
from alcove.billing.models import Entitlement
from alcove.booking.actions.request import request_appointment
from alcove.booking.errors import HoldExpired, NotOffered, RoomNotBookable, SlotTaken
from alcove.booking.models import Appointment, Status, TimeClaim
from alcove.booking.policies import confirm_by
from alcove.core.errors import NotFound
from alcove.core.models import Event
from alcove.people.models import Practice
from alcove.rooms.models import Room
from tests.cast import CREDITS, NOW, Cast, at, book, change_plans, hold, hold_to_move
from tests.untouched import every_row, refused

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def test_request_reserves_a_credit_and_takes_over_the_time(cast: Cast) -> None:
    appointment = book(cast.couples_room, at(4, 9), length=60)

    assert appointment.status == Status.REQUESTED
    assert (appointment.provider, appointment.booked_by) == (cast.provider, cast.client)
    assert (appointment.starts_at, appointment.ends_at) == (at(4, 9), at(4, 10))
    assert balance(cast.couples_room, NOW) == Balance(available=CREDITS - 1, held=1)
    assert list(
        TimeClaim.objects.order_by("person_id").values_list("person", "appointment", "expires_at")
    ) == [
        (person.pk, appointment.pk, None) for person in (cast.client, cast.partner, cast.provider)
    ]


def test_request_without_a_credit_is_refused_and_the_hold_stays(cast: Cast) -> None:
    for day in (9, 10, 11, 12):
        book(cast.room, at(day, 9))
    kept = hold(cast.room, at(4, 9))

    with refused(NotEnoughCredits):
        request_appointment(actor=cast.client, hold_code=kept.code, now=NOW)

    assert TimeClaim.objects.filter(hold=kept).count() == 2


def test_second_click_gives_the_same_appointment_and_changes_nothing(cast: Cast) -> None:
    kept = hold(cast.room, at(4, 9))
    first = request_appointment(actor=cast.client, hold_code=kept.code, now=NOW)
    rows = every_row()

    second = request_appointment(actor=cast.client, hold_code=kept.code, now=NOW + HOUR)

    assert second == first
    assert every_row() == rows


def test_hold_ends_at_exactly_ten_minutes(cast: Cast) -> None:
    kept = hold(cast.room, at(4, 9))

    with refused(HoldExpired):
        request_appointment(actor=cast.client, hold_code=kept.code, now=NOW + 10 * MINUTE)
    last = NOW + 10 * MINUTE - dt.timedelta(microseconds=1)
    request_appointment(actor=cast.client, hold_code=kept.code, now=last)


def test_hold_whose_start_has_gone_by_is_not_booked(cast: Cast) -> None:
    ProviderCalendar.objects.update(minimum_notice_minutes=0)
    kept = hold(cast.room, at(2, 10), now=at(2, 9, 55))

    with refused(HoldExpired):
        request_appointment(actor=cast.client, hold_code=kept.code, now=at(2, 10, 1))
    request_appointment(actor=cast.client, hold_code=kept.code, now=at(2, 10))


def test_hold_that_was_given_up_for_another_is_not_booked(cast: Cast) -> None:
    first = hold(cast.room, at(4, 9))
    hold(cast.room, at(4, 11))

    with refused(HoldExpired):
        request_appointment(actor=cast.client, hold_code=first.code, now=NOW)


def test_hold_for_moving_does_not_book_a_second_session(cast: Cast) -> None:
    kept = hold_to_move(book(cast.room, at(4, 9)), at(4, 11))

    with refused(HoldExpired):
        request_appointment(actor=cast.client, hold_code=kept.code, now=NOW)


@pytest.mark.parametrize("who", ["partner", "provider", "stranger", "staff"])
def test_hold_does_not_exist_for_others(cast: Cast, who: str) -> None:
    kept = hold(cast.couples_room, at(4, 9))

    with refused(NotFound):
        request_appointment(actor=getattr(cast, who), hold_code=kept.code, now=NOW)


def test_room_closed_meanwhile_is_not_booked(cast: Cast) -> None:
    kept = hold(cast.room, at(4, 9))
    Room.objects.filter(pk=cast.room.pk).update(closed_at=NOW)

    with refused(RoomNotBookable):
        request_appointment(actor=cast.client, hold_code=kept.code, now=NOW)


def test_type_taken_out_of_the_plan_meanwhile_is_not_booked(cast: Cast) -> None:
    kept = hold(cast.room, at(4, 9))
    change_plans(offers={"audio": [30]})

    with refused(NotOffered):
        request_appointment(actor=cast.client, hold_code=kept.code, now=NOW)


def test_database_has_the_last_word_on_a_time_that_lost_its_claims(cast: Cast) -> None:
    kept = hold(cast.room, at(4, 9))
    TimeClaim.objects.all().delete()
    book(cast.strangers_room, at(4, 9))

    with refused(SlotTaken):
        request_appointment(actor=cast.client, hold_code=kept.code, now=NOW)


def test_terms_that_the_client_read_stay_with_the_appointment(cast: Cast) -> None:
    Practice.objects.update(notice_hours=48)
    change_plans(late_rule="fee", late_fee_minor=4000, currency="EUR")
    code = book(cast.room, at(6, 9)).code

    Practice.objects.update(notice_hours=1)
    change_plans(late_rule="credit", late_fee_minor=0, currency="USD")
    ProviderCalendar.objects.update(buffer_after_minutes=0)
    Entitlement.objects.all().delete()

    kept = Appointment.objects.get(code=code)
    assert (kept.notice_hours, kept.late_rule, kept.late_fee_minor, kept.currency) == (
        48,
        "fee",
        4000,
        "EUR",
    )
    assert kept.free_until == at(4, 9)
    assert kept.buffer_after_minutes == 10


@pytest.mark.parametrize(
    ("practice", "own", "expected"),
    [
        (False, None, Status.REQUESTED),
        (False, False, Status.REQUESTED),
        (False, True, Status.CONFIRMED),
        (True, None, Status.CONFIRMED),
        (True, True, Status.CONFIRMED),
        (True, False, Status.REQUESTED),
    ],
)
def test_provider_decides_on_automatic_confirmation_and_else_the_practice(
    cast: Cast, practice: bool, own: bool | None, expected: str
) -> None:
    Practice.objects.update(confirms_automatically=practice)
    ProviderCalendar.objects.filter(provider=cast.provider).update(confirms_automatically=own)

    appointment = book(cast.room, at(4, 9))

    appointment.refresh_from_db()
    assert (appointment.status, appointment.was_confirmed) == (expected, expected == "confirmed")
    assert list(Event.objects.values_list("kind", "subject")) == [
        (f"appointment.{expected}", appointment.key)
    ]


def test_event_carries_what_a_letter_needs(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))

    event = Event.objects.get()
    assert (event.actor, event.happened_at) == (cast.client.key, NOW)
    assert event.data == {
        "code": appointment.code,
        "by": "client",
        "status": "requested",
        "starts_at": at(4, 9).isoformat(),
        "ends_at": at(4, 9, 45).isoformat(),
        "modality": "video",
        "confirm_by": at(3, 9).isoformat(),
        "free_until": at(3, 9).isoformat(),
        "sequence": 0,
        "was_confirmed": False,
    }


@pytest.mark.parametrize(
    ("starts_in", "expected"),
    [
        (72 * HOUR, 24 * HOUR),
        (26 * HOUR + MINUTE, 24 * HOUR),
        (26 * HOUR, 24 * HOUR),
        (26 * HOUR - MINUTE, 24 * HOUR - MINUTE),
        (3 * HOUR, HOUR),
        (2 * HOUR + 15 * MINUTE, 15 * MINUTE),
        (2 * HOUR + 14 * MINUTE, 15 * MINUTE),
        (2 * HOUR, 15 * MINUTE),
        (5 * MINUTE, 15 * MINUTE),
    ],
)
def test_confirm_by_is_the_earlier_of_two_and_never_too_soon(
    starts_in: dt.timedelta, expected: dt.timedelta
) -> None:
    assert (
        confirm_by(
            booked_at=NOW,
            starts_at=NOW + starts_in,
            within=24 * HOUR,
            before_start=2 * HOUR,
            at_least=15 * MINUTE,
        )
        == NOW + expected
    )


def test_practice_sets_the_deadline(cast: Cast) -> None:
    Practice.objects.update(confirm_within_hours=5)
    assert book(cast.room, at(4, 9)).confirm_by == NOW + 5 * HOUR

    Practice.objects.update(confirm_within_hours=99, confirm_before_start_hours=7)
    assert book(cast.room, at(5, 9)).confirm_by == at(5, 2)

    Practice.objects.update(confirm_at_least_minutes=300)
    assert book(cast.room, at(2, 12)).confirm_by == NOW + 5 * HOUR
