"""Taking people's time. The database has the last word: see migration 0002 of this app."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from alcove.booking.errors import SlotTaken
from alcove.booking.models import Appointment, SlotHold, TimeClaim
from alcove.core.clock import instant, seconds
from alcove.core.intervals import Interval, subtract
from alcove.people.models import Person
from alcove.rooms.membership import lock_room


def lock_people(room_id: int) -> list[int]:
    """Queue up behind everybody else who takes time of this room's people; their ids.

    The room comes first, so that nobody joins or leaves it meanwhile; then its people in one order,
    so two bookings never wait for each other. SQLite needs no row lock: its IMMEDIATE transactions
    already come one at a time.
    """
    lock_room(room_id)
    people = Person.objects.filter(memberships__room=room_id).order_by("pk")
    return list(people.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def claim_for_hold(hold: SlotHold, people: Iterable[int], *, now: dt.datetime) -> None:
    """Claim the hold's time for everybody concerned; SlotTaken when somebody is not free.

    Time that the appointment to be moved has anyway is left out: it is claimed already.
    """
    rows = [
        TimeClaim(
            person_id=person,
            starts_at=instant(start),
            ends_at=instant(end),
            hold=hold,
            expires_at=hold.expires_at,
        )
        for person in people
        for start, end in _missing(hold, person)
    ]
    sweep_expired({row.person_id for row in rows}, now)
    _insert(rows)


def pass_claims_on(hold: SlotHold, appointment: Appointment, people: list[int]) -> None:
    """Make a hold's claims those of its new appointment; SlotTaken when they are gone."""
    passed = TimeClaim.objects.filter(hold=hold).update(
        appointment=appointment, hold=None, expires_at=None
    )
    if passed != len(people):
        raise SlotTaken


def move_claims(hold: SlotHold, appointment: Appointment, people: Iterable[int]) -> None:
    """Take a hold's time for the appointment that it moves, and let its former time go.

    All in the caller's transaction: if the new time cannot be had, the former one stands.
    """
    TimeClaim.objects.filter(hold=hold).delete()
    TimeClaim.objects.filter(appointment=appointment).delete()
    _insert(
        [
            TimeClaim(
                person_id=person,
                starts_at=instant(start),
                ends_at=instant(end),
                appointment=appointment,
            )
            for person in people
            for start, end in [_span(hold, person)]
        ]
    )


def sweep_expired(people: Iterable[int], now: dt.datetime) -> None:
    """Remove what expired holds still claim of these people: the clock has ended them."""
    TimeClaim.objects.filter(person_id__in=list(people), expires_at__lte=now).delete()


def _span(hold: SlotHold, person: int) -> Interval:
    """The time a hold takes of one person: with its buffers, where it is the provider's."""
    if person != hold.room.provider_id:
        return seconds(hold.starts_at), seconds(hold.ends_at)
    return (
        seconds(hold.starts_at) - hold.buffer_before_minutes * 60,
        seconds(hold.ends_at) + hold.buffer_after_minutes * 60,
    )


def _missing(hold: SlotHold, person: int) -> list[Interval]:
    """What of the hold's span this person does not already give to the appointment it moves."""
    span = _span(hold, person)
    if hold.moves is None:
        return [span]
    own = hold.moves.claims.filter(person_id=person).values_list("starts_at", "ends_at")
    return subtract([span], [(seconds(start), seconds(end)) for start, end in own])


def _insert(rows: list[TimeClaim]) -> None:
    try:
        with transaction.atomic():
            TimeClaim.objects.bulk_create(rows)
    except IntegrityError as error:
        raise SlotTaken from error
