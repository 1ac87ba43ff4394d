"""Who may come to a live session, and when."""

import datetime as dt
from dataclasses import dataclass

from alcove.booking.access import appointments_of
from alcove.booking.models import Appointment
from alcove.core.errors import NotFound
from alcove.live.errors import NotOpen, Over
from alcove.live.policies import Door, door
from alcove.people.models import Person, Practice
from alcove.rooms.models import Membership


@dataclass(frozen=True, slots=True)
class Entry:
    """A member at the door of a session: everything that decides what they may do there."""

    person: Person
    role: str
    appointment: Appointment
    practice: Practice
    door: Door

    @property
    def opens_at(self) -> dt.datetime:
        """From when the session can be joined."""
        return self.practice.opens_at(self.appointment.starts_at)

    @property
    def closes_at(self) -> dt.datetime:
        """Until when the session can be joined, and when it ends for everybody."""
        return self.practice.closes_at(self.appointment.ends_at)

    @property
    def group(self) -> str:
        """The name under which the pages of this session hear of each other."""
        return group_of(self.appointment.code)

    @property
    def lets_in(self) -> bool:
        """Whether this person lets others in."""
        return self.role == Membership.Role.PROVIDER


def group_of(code: str) -> str:
    """The channel group of a session."""
    return f"live.{code}"


def entry_for(person: Person, code: str, *, now: dt.datetime) -> Entry:
    """The member's entry, whatever the door's state; NotFound for everybody else."""
    appointment = appointments_of(person).filter(code=code).first()
    if appointment is None or not person.is_active:
        raise NotFound
    practice = Practice.load()
    return Entry(
        person=person,
        role=Membership.objects.get(room_id=appointment.room_id, person=person).role,
        appointment=appointment,
        practice=practice,
        door=door(
            appointment.status,
            opens_at=practice.opens_at(appointment.starts_at),
            closes_at=practice.closes_at(appointment.ends_at),
            now=now,
        ),
    )


def require_open(entry: Entry) -> None:
    """NotOpen before the door opens or while unconfirmed, Over when there is nothing to join."""
    if entry.door in {"early", "unconfirmed"}:
        raise NotOpen
    if entry.door != "open":
        raise Over
