"""The cast that every test knows: Cora books, Petra and Oskar treat, and a stranger gets nothing.

All of it happens around ``NOW``, Monday 2 March 2026, 09:00 UTC, which is 10:00 in Berlin.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from alcove.availability.models import AvailabilityRule, ProviderCalendar
from alcove.billing import ledger
from alcove.billing.actions.change_plan import next_version
from alcove.billing.models import Entitlement, Plan
from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.hold import hold_slot, hold_slot_to_move
from alcove.booking.actions.request import request_appointment
from alcove.booking.actions.reschedule import reschedule_appointment
from alcove.booking.actions.ring import ring_provider
from alcove.booking.models import Appointment, CancellationReason, Ring, SlotHold
from alcove.people.models import Person, Practice
from alcove.rooms.models import Membership, Room

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
OFFERS = {"video": [30, 45, 60], "audio": [30, 45], "chat": [30]}
CREDITS = 4


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> dt.datetime:
    """An instant of 2026 in UTC."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Cast:
    """Everybody, and the rooms they share."""

    client: Person
    partner: Person
    provider: Person
    second_provider: Person
    staff: Person
    admin: Person
    stranger: Person
    room: Room
    couples_room: Room
    second_room: Room  # the client's room with the second provider
    strangers_room: Room  # the stranger's own room with the provider
    plan: Plan
    reason: CancellationReason


def make_person(name: str, *, zone: str = "Europe/Berlin", **fields: Any) -> Person:
    """Somebody with an address after their name."""
    return Person.objects.create_user(
        f"{name.split(maxsplit=1)[0].lower()}@example.org",
        name=name,
        time_zone=zone,
        joined_at=NOW,
        **fields,
    )


def make_calendar(provider: Person, *, zone: str = "Europe/Berlin") -> ProviderCalendar:
    """Weekdays 9 to 17 on the wall, every quarter of an hour, ten minutes of rest after."""
    calendar = ProviderCalendar.objects.create(provider=provider, time_zone=zone, offers=OFFERS)
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(calendar=calendar, weekday=day, start_minute=9 * 60, end_minute=17 * 60)
        for day in range(5)
    )
    return calendar


def make_room(
    owner: Person, provider: Person, plan: Plan, *, partner: Person | None = None
) -> Room:
    """A covered room with its credits granted."""
    room = Room.objects.create(
        kind=Room.Kind.COUPLES if partner else Room.Kind.INDIVIDUAL,
        owner=owner,
        provider=provider,
        opened_at=NOW,
    )
    roles = [(owner, "owner"), (provider, "provider"), *([(partner, "partner")] if partner else [])]
    Membership.objects.bulk_create(
        Membership(room=room, person=person, role=role, joined_at=NOW) for person, role in roles
    )
    Entitlement.objects.create(room=room, plan=plan, starts_on=dt.date(2026, 3, 1))
    ledger.grant(room, CREDITS, cause=f"grant:{room.code}", expires_at=at(1, 0, month=4), now=NOW)
    return room


def change_plans(**terms: Any) -> None:
    """Give every room these terms at once, as if its next period had begun."""
    for plan in Plan.objects.filter(replaced_by=None):
        row = next_version(plan, [], now=NOW)
        Plan.objects.filter(pk=row.pk).update(**terms)
        Entitlement.objects.filter(plan=plan).update(plan=row)


@pytest.fixture
def on_that_monday() -> Iterator[None]:
    """The clock stands at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """Two providers, a couple, a stranger and staff, with their rooms."""
    Practice.objects.create(name="Linden Practice", time_zone="Europe/Berlin")
    plan = Plan.objects.create(code="four", name="Four sessions", offers=OFFERS)
    client, partner = make_person("Cora Client"), make_person("Paul Partner", zone="America/Lima")
    provider = make_person("Petra Provider", is_provider=True)
    second = make_person("Oskar Other", zone="America/New_York", is_provider=True)
    stranger, staff = make_person("Stig Stranger"), make_person("Sam Staff", is_staff=True)
    admin = make_person("Ada Admin", is_admin=True)
    make_calendar(provider)
    make_calendar(second, zone="America/New_York")
    return Cast(
        client=client,
        partner=partner,
        provider=provider,
        second_provider=second,
        staff=staff,
        admin=admin,
        stranger=stranger,
        room=make_room(client, provider, plan),
        couples_room=make_room(client, provider, plan, partner=partner),
        second_room=make_room(client, second, plan),
        strangers_room=make_room(stranger, provider, plan),
        plan=plan,
        reason=CancellationReason.objects.create(text_en="I am ill", text_es="Estoy enferma"),
    )


def book(
    room: Room,
    starts_at: dt.datetime,
    *,
    modality: str = "video",
    length: int = 45,
    now: dt.datetime = NOW,
) -> Appointment:
    """A request, made through the actions as its owner would."""
    hold = hold_slot(
        actor=room.owner,
        room_code=room.code,
        modality=modality,
        length_minutes=length,
        starts_at=starts_at,
        now=now,
    )
    return request_appointment(actor=room.owner, hold_code=hold.code, now=now)


def book_confirmed(
    room: Room, starts_at: dt.datetime, *, length: int = 45, now: dt.datetime = NOW
) -> Appointment:
    """A session that its provider has confirmed."""
    appointment = book(room, starts_at, length=length, now=now)
    return confirm_appointment(actor=room.provider, code=appointment.code, now=now)


def hold(
    room: Room,
    starts_at: dt.datetime,
    *,
    actor: Person | None = None,
    modality: str = "video",
    length: int = 45,
    for_client: bool = False,
    now: dt.datetime = NOW,
) -> SlotHold:
    """A slot kept for the room, by its owner unless somebody else tries."""
    return hold_slot(
        actor=actor or room.owner,
        room_code=room.code,
        modality=modality,
        length_minutes=length,
        starts_at=starts_at,
        for_client=for_client,
        now=now,
    )


def hold_to_move(
    appointment: Appointment,
    starts_at: dt.datetime,
    *,
    actor: Person | None = None,
    for_client: bool = False,
    now: dt.datetime = NOW,
) -> SlotHold:
    """Another time kept for the appointment."""
    return hold_slot_to_move(
        actor=actor or appointment.room.owner,
        appointment_code=appointment.code,
        starts_at=starts_at,
        for_client=for_client,
        now=now,
    )


def move(
    appointment: Appointment,
    starts_at: dt.datetime,
    *,
    agreed: str = "free",
    now: dt.datetime = NOW,
) -> Appointment:
    """The appointment moved by its owner."""
    kept = hold_to_move(appointment, starts_at, now=now)
    return reschedule_appointment(
        actor=appointment.room.owner, hold_code=kept.code, agreed=agreed, now=now
    )


def cancel(
    appointment: Appointment,
    *,
    actor: Person | None = None,
    agreed: str = "free",
    now: dt.datetime = NOW,
) -> Appointment:
    """The appointment cancelled, by the room's owner unless somebody else tries."""
    return cancel_appointment(
        actor=actor or appointment.room.owner,
        code=appointment.code,
        reason=CancellationReason.objects.get(),
        words="",
        agreed=agreed,
        now=now,
    )


def ring(
    room: Room,
    *,
    actor: Person | None = None,
    modality: str = "video",
    length: int = 45,
    now: dt.datetime = NOW,
) -> Ring:
    """The room's provider is rung for a session at once, by its owner unless somebody else tries."""
    return ring_provider(
        actor=actor or room.owner,
        room_code=room.code,
        modality=modality,
        length_minutes=length,
        now=now,
    )
