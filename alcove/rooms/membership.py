"""Coming into a room and going, and what the floors above do about it in the same transaction.

Whoever joins or leaves locks the room first, as everybody does who takes the time of its members:
a session is booked either before, and then concerns the newcomer, or after.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from alcove.people.models import Person
from alcove.rooms.models import Membership, Room
from alcove.rooms.sockets import tell_room


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody in a role, who joins a room or leaves it; ``actor`` is who does it."""

    room: Room
    person: Person
    role: str
    actor: Person
    now: dt.datetime


Follow = Callable[[Change], None]
_joining: list[Follow] = []
_leaving: list[Follow] = []


def when_joining(follow: Follow) -> Follow:
    """Register what a floor above does when somebody joins; it may refuse by a DomainError."""
    if follow not in _joining:
        _joining.append(follow)
    return follow


def when_leaving(follow: Follow) -> Follow:
    """Register what a floor above does when somebody has left."""
    if follow not in _leaving:
        _leaving.append(follow)
    return follow


def lock_room(room_id: int) -> None:
    """Queue up behind everybody else who changes this room's members or takes their time.

    SQLite needs no lock: its IMMEDIATE transactions already come one at a time.
    """
    if connection.features.has_select_for_update:
        Room.objects.select_for_update(no_key=True).only("pk").get(pk=room_id)


def join(change: Change) -> Membership:
    """Make the person a member; the room is locked. Raises what followers raise."""
    membership = Membership.objects.create(
        room=change.room, person=change.person, role=change.role, joined_at=change.now
    )
    for follow in _joining:
        follow(change)
    tell_room(change.room.code)
    return membership


def leave(change: Change, membership: Membership) -> None:
    """End a membership, and with it whatever of the room is the person's alone; it is locked."""
    membership.delete()
    for follow in _leaving:
        follow(change)
    # Their open pages ask again whether they may listen, and are closed.
    tell_room(change.room.code)
