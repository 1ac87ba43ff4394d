"""A partner's yes: they become a member."""

import datetime as dt

from django.db import transaction

from alcove.core import events
from alcove.core.tokens import hash_of
from alcove.people.actions.change_settings import change_settings
from alcove.people.models import Person
from alcove.rooms.errors import InvitationDead, NameNeeded
from alcove.rooms.invitations import is_good
from alcove.rooms.membership import Change, join, lock_room
from alcove.rooms.models import Invitation, Membership, Room


@transaction.atomic
def accept_invitation(
    *, actor: Person, token: str, now: dt.datetime, name: str = "", time_zone: str = ""
) -> Room:
    """Join the room that the actor's own address was invited to; all of it or nothing.

    ``name`` and ``time_zone`` are those of somebody new, who has no name yet. Again by the same
    person it gives the same room. Raises InvitationDead for every link that is not the actor's to
    use, NameNeeded, and what a floor above refuses: TimeNotFree where a coming session of the room
    meets one of the actor's own.
    """
    link = Invitation.objects.filter(token_hash=hash_of(token)).only("room_id").first()
    if link is None:
        raise InvitationDead
    lock_room(link.room_id)
    # Read behind the lock: it may have been answered, withdrawn or sent anew a moment ago.
    invitation = Invitation.objects.select_related("room").get(pk=link.pk)
    room = invitation.room
    mine = Membership.objects.filter(room=room, person=actor)
    if invitation.accepted_by_id == actor.pk and mine.exists():
        return room
    if not is_good(invitation, now) or invitation.address != actor.email or mine.exists():
        raise InvitationDead
    _introduce(actor, name, time_zone, now)
    Invitation.objects.filter(pk=invitation.pk).update(closed_at=now, accepted_by=actor)
    join(Change(room, actor, Membership.Role.PARTNER, actor, now))
    events.record(
        "partner.joined",
        subject=room.key,
        actor=actor.key,
        now=now,
        data={"room": room.code, "person": actor.pk},
    )
    return room


def _introduce(actor: Person, name: str, time_zone: str, now: dt.datetime) -> None:
    if actor.name:
        return
    if not name.strip():
        raise NameNeeded
    zone = {"time_zone": time_zone} if time_zone else {}
    change_settings(actor=actor, now=now, name=name.strip(), **zone)
