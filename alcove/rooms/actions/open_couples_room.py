"""A client's own couples room with one of their providers."""

import datetime as dt

from django.db import IntegrityError, transaction

from alcove.core import events
from alcove.people.models import Person
from alcove.rooms.access import room_for
from alcove.rooms.actions.invite_partner import invite_partner
from alcove.rooms.errors import CouplesRoomExists, NotOwner, ProviderGone, RoomClosed
from alcove.rooms.models import Invitation, Membership, Room

Role = Membership.Role


@transaction.atomic
def start_couples_room(*, actor: Person, beside: str, address: str, now: dt.datetime) -> Invitation:
    """Open the room and invite the partner, or neither; raises as the two do."""
    room = open_couples_room(actor=actor, beside=beside, now=now)
    return invite_partner(actor=actor, room_code=room.code, address=address, now=now)


@transaction.atomic
def open_couples_room(*, actor: Person, beside: str, now: dt.datetime) -> Room:
    """Open a couples room of the actor with the provider of their own room ``beside``.

    It has no plan yet: the practice sets one up. Raises NotFound, NotOwner, RoomClosed,
    ProviderGone or CouplesRoomExists.
    """
    own = room_for(actor, beside)
    if own.owner_id != actor.pk:
        raise NotOwner(owner=own.owner.name)
    if own.closed_at is not None:
        raise RoomClosed
    if not own.provider.is_active:
        raise ProviderGone(provider=own.provider.name)
    try:
        with transaction.atomic():
            room = Room.objects.create(
                kind=Room.Kind.COUPLES, owner=actor, provider=own.provider, opened_at=now
            )
    except IntegrityError as error:
        raise CouplesRoomExists(provider=own.provider.name) from error
    Membership.objects.bulk_create(
        Membership(room=room, person=person, role=role, joined_at=now)
        for person, role in ((actor, Role.OWNER), (own.provider, Role.PROVIDER))
    )
    events.record(
        "room.opened",
        subject=room.key,
        actor=actor.key,
        now=now,
        data={"room": room.code},
    )
    return room
