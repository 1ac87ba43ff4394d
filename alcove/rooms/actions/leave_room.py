"""A partner's going: by their own wish, or by the owner's."""

import datetime as dt

from django.db import transaction

from alcove.core import events
from alcove.people.models import Person
from alcove.rooms.access import membership_for, own_couples_room
from alcove.rooms.errors import CannotLeave, NoPartner
from alcove.rooms.membership import Change, leave, lock_room
from alcove.rooms.models import Membership


@transaction.atomic
def leave_room(*, actor: Person, room_code: str, now: dt.datetime) -> None:
    """End the actor's own membership as a partner; sessions stand for those who stay.

    Raises NotFound for people who are no members, CannotLeave for owner and provider.
    """
    membership = membership_for(actor, room_code)
    if membership.role != Membership.Role.PARTNER:
        raise CannotLeave
    lock_room(membership.room_id)
    # Behind the lock: the owner may have been faster.
    _end(membership_for(actor, room_code), actor, "partner.left", now)


@transaction.atomic
def remove_partner(*, actor: Person, room_code: str, now: dt.datetime) -> None:
    """End the partner's membership, as the room's owner.

    Raises NotFound, NotOwner, NotCouplesRoom or NoPartner.
    """
    room = own_couples_room(actor, room_code)
    lock_room(room.pk)
    membership = Membership.objects.filter(room=room, role=Membership.Role.PARTNER).first()
    if membership is None:
        raise NoPartner
    _end(membership, actor, "partner.removed", now)


def _end(membership: Membership, actor: Person, kind: str, now: dt.datetime) -> None:
    room, person = membership.room, membership.person
    leave(Change(room, person, membership.role, actor, now), membership)
    events.record(
        kind,
        subject=room.key,
        actor=actor.key,
        now=now,
        data={"room": room.code, "person": person.pk},
    )
