"""The letters about what happens to a session."""

from dataclasses import replace
from typing import cast

from alcove.booking.models import Appointment
from alcove.booking.queries import next_free_times
from alcove.calendars.entries import build_entry
from alcove.calendars.ics import session_ics
from alcove.calendars.imip import wrapping_for
from alcove.core import events
from alcove.core.models import Event
from alcove.notifications.actions.notify import CalendarPart, as_read_by, notify
from alcove.notifications.letters.by_kind import TOLD_BY_LETTER, kind_of, letter_for
from alcove.notifications.letters.change import Change, change_of
from alcove.notifications.letters.letter import Role
from alcove.notifications.models import Delivery
from alcove.people.models import Person, Practice
from alcove.rooms.models import Membership

FREE_TIMES_OFFERED = 3


@events.receives(*TOLD_BY_LETTER)
def write_letters(event: Event) -> None:
    """Write a letter to every member of the room whom the change concerns.

    Written at once, from the event: a letter tells one change, whenever it gets through.
    """
    appointment = (
        Appointment.objects.select_related(
            "room__owner", "room__provider__provider_calendar", "room__entitlement__plan"
        )
    ).get(code=event.data["code"])
    change = change_of(
        event.kind, event.data, room=appointment.room.code, happened_at=event.happened_at
    )
    have_theirs = set(Delivery.objects.filter(event=event).values_list("person_id", flat=True))
    members = (
        # Who joined later is told of the session by the event of their joining.
        Membership.objects.filter(
            room=appointment.room_id, person__is_active=True, joined_at__lte=event.happened_at
        )
        .exclude(person__in=have_theirs)
        .select_related("person")
        .order_by("person_id")
    )
    for member in members:
        role = cast(Role, member.role)
        if change.kind == "appointment.lapsed" and role == "owner":
            # Only who can book is offered times.
            offered = next_free_times(
                appointment, Practice.load(), number=FREE_TIMES_OFFERED, now=event.happened_at
            )
            change = replace(change, free_times=tuple(offered))
        _write(event, change, appointment, member.person, role)


def _write(
    event: Event, change: Change, appointment: Appointment, person: Person, role: Role
) -> None:
    """Tell one person, in their language and zone."""
    with as_read_by(person):
        letter = letter_for(change, role, person.zone)
        if letter is None:
            return
        calendar = calendar_part(change, appointment, event, person)
    notify(
        event=event,
        person=person,
        kind=kind_of(change, role),
        letter=letter,
        calendar=calendar,
        now=event.happened_at,
    )


def calendar_part(
    change: Change, appointment: Appointment, event: Event, person: Person
) -> CalendarPart | None:
    """The calendar message to this person; None for none."""
    wrapping = wrapping_for(
        change.kind, was_confirmed=change.was_confirmed, is_tentative=change.is_tentative
    )
    if wrapping is None:
        return None
    entry = build_entry(
        appointment,
        sequence=event.data["sequence"],
        starts_at=change.starts_at,
        ends_at=change.ends_at,
        status=wrapping.status,
        stamped_at=event.happened_at,
    )
    text = session_ics(entry, method=wrapping.method, attendee=person.email)
    return CalendarPart(wrapping.method, text)
