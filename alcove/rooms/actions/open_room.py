"""A room that the practice opens for a client and a provider, closes, and opens again."""

import datetime as dt

from django.db import transaction

from alcove.core import events
from alcove.core.errors import NotFound
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person
from alcove.rooms.errors import NotAProvider, OneAndTheSame, PersonGone, RoomExists
from alcove.rooms.membership import lock_room
from alcove.rooms.models import Membership, Room
from alcove.rooms.sockets import tell_room

Role = Membership.Role


@transaction.atomic
def open_room(
    *, actor: Person, client: Person, provider: Person, kind: str, now: dt.datetime
) -> Room:
    """Open a room of these two; it has no plan yet.

    Raises NotFound, OneAndTheSame, NotAProvider, PersonGone or RoomExists.
    """
    require_admin(actor)
    # Locked in one order: of two admins who open the same room at once, the second one finds it.
    people = Person.objects.select_for_update(no_key=True).order_by("pk")
    rows = {person.pk: person for person in people.filter(pk__in=[client.pk, provider.pk])}
    client, provider = rows[client.pk], rows[provider.pk]
    if client.pk == provider.pk:
        raise OneAndTheSame
    if not provider.is_provider:
        raise NotAProvider(name=provider.name)
    for person in (client, provider):
        if not person.is_active:
            raise PersonGone(name=person.name)
    if Room.objects.filter(owner=client, provider=provider, kind=kind, closed_at=None).exists():
        raise RoomExists(client=client.name, provider=provider.name)
    room = Room.objects.create(kind=kind, owner=client, provider=provider, opened_at=now)
    Membership.objects.bulk_create(
        Membership(room=room, person=person, role=role, joined_at=now)
        for person, role in ((client, Role.OWNER), (provider, Role.PROVIDER))
    )
    events.record(
        "room.opened",
        subject=f"room:{room.code}",
        actor=actor.key,
        now=now,
        data={"room": room.code},
    )
    record_act(actor=actor, act="room.opened", subject=f"room:{room.code}", now=now)
    return room


@transaction.atomic
def mark_closed(*, actor: Person, room: Room, reason: str, now: dt.datetime) -> bool:
    """Close the room for good; False where it is closed.

    The room is locked; what is booked in it is for the floors above.
    """
    require_admin(actor)
    if not Room.objects.filter(pk=room.pk, closed_at=None).update(closed_at=now):
        return False
    tell_room(room.code)
    record_act(actor=actor, act="room.closed", subject=f"room:{room.code}", reason=reason, now=now)
    return True


@transaction.atomic
def reopen_room(*, actor: Person, room: Room, now: dt.datetime) -> Room:
    """Open a closed room again, with its messages; raises NotFound, PersonGone or RoomExists."""
    require_admin(actor)
    lock_room(room.pk)
    found = Room.objects.select_related("owner", "provider").filter(pk=room.pk).first()
    if found is None:
        raise NotFound
    if found.closed_at is None:
        return found
    for person in (found.owner, found.provider):
        if not person.is_active:
            raise PersonGone(name=person.name)
    same = Room.objects.filter(
        owner=found.owner, provider=found.provider, kind=found.kind, closed_at=None
    )
    if same.exists():
        raise RoomExists(client=found.owner.name, provider=found.provider.name)
    found.closed_at = None
    found.save(update_fields=["closed_at"])
    tell_room(found.code)
    record_act(actor=actor, act="room.reopened", subject=f"room:{found.code}", now=now)
    return found
