"""What an event leaves behind: letters for the people concerned, and a card in the room.

Each receiver may run twice for an event and from two processes at once; unique keys in the
database let every row come into being once.
"""

from dataclasses import replace
from typing import cast

from django.utils import timezone, translation

from alcove.booking.models import Appointment
from alcove.booking.queries import next_free_times
from alcove.calendars.entries import build_entry
from alcove.calendars.ics import session_ics
from alcove.calendars.imip import wrapping_for
from alcove.core import events
from alcove.core.models import Event
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.letters import TOLD_BY_LETTER, Change, Role, change_of, letter_for
from alcove.notifications.mail import render
from alcove.notifications.models import Delivery
from alcove.people.models import Person, Practice
from alcove.rooms.models import Membership, Message, Room
from alcove.rooms.sockets import tell_room

LEAVES_A_CARD = (
    "appointment.requested",
    "appointment.confirmed",
    "appointment.rescheduled",
    "appointment.declined",
    "appointment.lapsed",
    "appointment.cancelled",
    "appointment.completed",
    "appointment.no_show",
    "no_show.disputed",
    "no_show.decided",
)
FREE_TIMES_OFFERED = 3


@events.receives(*LEAVES_A_CARD)
def leave_card(event: Event) -> None:
    """Leave one card in the room's messages (R10); it tells all members the same facts."""
    _leave(event, Room.objects.get(appointments__code=event.data["code"]))


@events.receives("ring.declined", "ring.lapsed")
def leave_ring_card(event: Event) -> None:
    """Leave a card of a ring that came to nothing, for whoever was away from their screen (R16)."""
    _leave(event, Room.objects.get(code=event.data["room"]))


def _leave(event: Event, room: Room) -> None:
    card = Message(
        room=room,
        kind=Message.Kind.CARD,
        card={**event.data, "kind": event.kind},
        event=event,
        written_at=event.happened_at,
    )
    Message.objects.bulk_create([card], ignore_conflicts=True)
    tell_room(room.code)


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
        Membership.objects.filter(room=appointment.room_id, person__is_active=True)
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
    """Put one person's letter, in their language and zone, into the post."""
    with translation.override(person.language), timezone.override(person.zone):
        letter = letter_for(change, role, person.zone)
        if letter is None:
            return
        text, html = render(letter)
        method, calendar = _invitation(change, appointment, event, person)
    post_letter(
        Delivery(
            event=event,
            person=person,
            address=person.email,
            subject=letter.subject,
            text=text,
            html=html,
            calendar=calendar,
            calendar_method=method,
        ),
        now=event.happened_at,
    )


def _invitation(
    change: Change, appointment: Appointment, event: Event, person: Person
) -> tuple[str, str]:
    """METHOD and text of the calendar message to this person; two empty texts for none."""
    wrapping = wrapping_for(change.kind, was_confirmed=change.was_confirmed)
    if wrapping is None:
        return "", ""
    entry = build_entry(
        appointment,
        sequence=event.data["sequence"],
        starts_at=change.starts_at,
        ends_at=change.ends_at,
        status=wrapping.status,
        stamped_at=event.happened_at,
    )
    return wrapping.method, session_ics(entry, method=wrapping.method, attendee=person.email)
