"""The letters that remind people of their sessions."""

import datetime as dt
from typing import cast

from alcove.booking.models import Status
from alcove.core import events
from alcove.core.models import Event
from alcove.notifications.actions.notify import as_read_by, notify
from alcove.notifications.actions.remind import REMINDER_DUE
from alcove.notifications.kinds import Kind
from alcove.notifications.letters.letter import Role
from alcove.notifications.letters.reminders import reminder_letter
from alcove.notifications.models import Delivery, Reminder
from alcove.notifications.use import useful_while
from alcove.people.models import Practice
from alcove.rooms.models import Membership


@events.receives(REMINDER_DUE)
def write_reminder(event: Event) -> None:
    """Remind the person, unless the session has changed since it was found."""
    reminder = _reminder_of(event)
    role = _role_where_it_holds(reminder, event.happened_at)
    if role is None:
        return
    with as_read_by(reminder.person):
        letter = reminder_letter(
            reminder.appointment,
            role,
            reminder.person.zone,
            opens_at=Practice.load().opens_at(reminder.starts_at),
            now=event.happened_at,
        )
    notify(
        event=event,
        person=reminder.person,
        kind=Kind.REMINDERS,
        letter=letter,
        now=event.happened_at,
    )


@useful_while(REMINDER_DUE)
def still_reminds(delivery: Delivery, now: dt.datetime) -> bool:
    """Whether the session is still to come as it was, and no nearer reminder of it was made."""
    reminder = _reminder_of(cast(Event, delivery.event))
    nearer = Reminder.objects.filter(
        appointment=reminder.appointment_id,
        starts_at=reminder.starts_at,
        person=reminder.person_id,
        lead_minutes__lt=reminder.lead_minutes,
    )
    return _role_where_it_holds(reminder, now) is not None and not nearer.exists()


def _reminder_of(event: Event) -> Reminder:
    return Reminder.objects.select_related("appointment__room", "person").get(event=event)


def _role_where_it_holds(reminder: Reminder, now: dt.datetime) -> Role | None:
    """The person's role in a session that still begins when the reminder says; None otherwise."""
    session = reminder.appointment
    if session.status != Status.CONFIRMED or session.starts_at != reminder.starts_at:
        return None
    if now >= session.starts_at:
        return None
    membership = Membership.objects.filter(room=session.room_id, person=reminder.person_id).first()
    return cast(Role, membership.role) if membership else None
