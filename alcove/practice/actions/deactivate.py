"""Somebody who is to come in no more: signed out at once, and what is booked with them."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet

from alcove.booking.actions.call_off import call_off, to_come
from alcove.booking.models import Appointment
from alcove.core.broadcast import tell
from alcove.core.errors import NotFound
from alcove.live.access import group_of
from alcove.live.bell import group_of as bell_of
from alcove.people.access import require_admin
from alcove.people.actions.change_roles import change_roles, set_active
from alcove.people.actions.invite_person import revoke_person_invitation
from alcove.people.errors import ProvidesRooms
from alcove.people.look import look_again
from alcove.people.models import Person
from alcove.people.roles import ADMIN, PROVIDER, keep_an_admin
from alcove.rooms.models import Membership, Room
from alcove.rooms.sockets import tell_room


def kept_rooms(person: Person) -> QuerySet[Room]:
    """The open rooms that are nothing without this person: those they own or provide."""
    return Room.objects.filter(Q(owner=person) | Q(provider=person), closed_at=None)


def called_off_without(person: Person, now: dt.datetime) -> list[Appointment]:
    """The sessions that are cancelled when this person is deactivated, next first."""
    return list(to_come(kept_rooms(person), now))


@transaction.atomic
def deactivate(
    *, actor: Person, person: Person, reason: str, now: dt.datetime
) -> list[Appointment]:
    """Let somebody in no more; their sessions to come are cancelled at no cost to anybody.

    They are signed out with their next request, and their sockets end now. Rooms that they are a
    partner of go on without them. Raises NotFound or LastAdmin.
    """
    require_admin(actor)
    keep_an_admin(person)
    # Whoever takes this person's time waits at the same row.
    if not Person.objects.select_for_update(no_key=True).filter(pk=person.pk).exists():
        raise NotFound
    found = call_off(actor=actor, rooms=kept_rooms(person), now=now)
    set_active(actor=actor, person=person, is_active=False, reason=reason, now=now)
    _end_sockets(person, now)
    return found


@transaction.atomic
def withdraw_invitation(
    *, actor: Person, person: Person, reason: str, now: dt.datetime
) -> list[Appointment]:
    """Let somebody who was invited not come in after all; as ``deactivate``, and their link is dead.

    Raises NotFound or NoOpenInvitation.
    """
    require_admin(actor)
    found = call_off(actor=actor, rooms=kept_rooms(person), now=now)
    revoke_person_invitation(actor=actor, person=person, reason=reason, now=now)
    return found


@transaction.atomic
def give_roles_to(
    *, actor: Person, person: Person, roles: Collection[str], reason: str, now: dt.datetime
) -> Person:
    """Change a person's roles; a provider with open rooms stays one.

    Raises NotFound, LastAdmin or ProvidesRooms.
    """
    require_admin(actor)
    if ADMIN not in roles:
        keep_an_admin(person)
    # Whoever opens a room of this provider waits at the same row.
    Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if PROVIDER not in roles and Room.objects.filter(provider=person, closed_at=None).exists():
        raise ProvidesRooms(name=person.name)
    return change_roles(actor=actor, person=person, roles=roles, reason=reason, now=now)


def _end_sockets(person: Person, now: dt.datetime) -> None:
    """Have every open page of this person ask again whether it may listen, and be closed."""
    rooms = Membership.objects.filter(person=person).values_list("room_id", "room__code")
    for _pk, code in rooms:
        tell_room(code)
    look_again(bell_of(person.pk))
    near = Appointment.objects.filter(
        room__in=[pk for pk, _code in rooms],
        starts_at__lt=now + dt.timedelta(days=1),
        ends_at__gt=now - dt.timedelta(days=1),
    )
    for code in near.values_list("code", flat=True):
        _look_at_session(group_of(code))


def _look_at_session(group: str) -> None:
    transaction.on_commit(lambda: tell(group, {"type": "session.changed"}))
