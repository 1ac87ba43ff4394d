"""An owner's invitation of their partner: sent, sent again, withdrawn."""

import datetime as dt

from django.db import transaction

from alcove.core import events
from alcove.core.tokens import hash_of, new_token
from alcove.people.models import Person
from alcove.rooms.access import own_couples_room
from alcove.rooms.errors import (
    AlreadyInvited,
    HasPartner,
    NoInvitation,
    OwnAddress,
    RoomClosed,
    TooManyInvitations,
)
from alcove.rooms.invitations import (
    GOOD_FOR,
    MOST_A_DAY,
    clean_address,
    open_invitation,
    post_invitation,
)
from alcove.rooms.membership import lock_room
from alcove.rooms.models import Invitation, Membership, Room


@transaction.atomic
def invite_partner(*, actor: Person, room_code: str, address: str, now: dt.datetime) -> Invitation:
    """Mail a link by which whoever signs in with this address joins the room, within 7 days.

    The outcome is the same whether or not somebody has that address here. Raises NotFound,
    NotOwner, NotCouplesRoom, RoomClosed, OwnAddress, HasPartner, AlreadyInvited or
    TooManyInvitations.
    """
    room = own_couples_room(actor, room_code)
    address = clean_address(address)
    if room.closed_at is not None:
        raise RoomClosed
    if address == actor.email:
        raise OwnAddress
    lock_room(room.pk)
    if Membership.objects.filter(room=room, role=Membership.Role.PARTNER).exists():
        raise HasPartner
    former = open_invitation(room)
    if former is not None and now < former.expires_at:
        raise AlreadyInvited(address=former.address)
    return _send(room, actor, address, former, now)


@transaction.atomic
def resend_invitation(*, actor: Person, room_code: str, now: dt.datetime) -> Invitation:
    """Mail a new link to the invited address, good for 7 days; the former one is dead.

    Raises NotFound, NotOwner, NotCouplesRoom, RoomClosed, NoInvitation or TooManyInvitations.
    """
    room = own_couples_room(actor, room_code)
    if room.closed_at is not None:
        raise RoomClosed
    lock_room(room.pk)
    former = open_invitation(room)
    if former is None:
        raise NoInvitation
    return _send(room, actor, former.address, former, now)


@transaction.atomic
def revoke_invitation(*, actor: Person, room_code: str, now: dt.datetime) -> None:
    """Make the link of the open invitation good for nothing.

    Raises NotFound, NotOwner, NotCouplesRoom or NoInvitation.
    """
    room = own_couples_room(actor, room_code)
    lock_room(room.pk)
    invitation = open_invitation(room)
    if invitation is None:
        raise NoInvitation
    _close(invitation, now)
    events.record(
        "invitation.revoked",
        subject=room.key,
        actor=actor.key,
        now=now,
        data={"room": room.code, "invitation": invitation.code},
    )


def _send(
    room: Room, actor: Person, address: str, former: Invitation | None, now: dt.datetime
) -> Invitation:
    sent = Invitation.objects.filter(invited_by=actor, invited_at__gt=now - dt.timedelta(days=1))
    if sent.count() >= MOST_A_DAY:
        raise TooManyInvitations(most=MOST_A_DAY)
    if former is not None:
        _close(former, now)
    token = new_token()
    invitation = Invitation.objects.create(
        room=room,
        invited_by=actor,
        address=address,
        token_hash=hash_of(token),
        invited_at=now,
        expires_at=now + GOOD_FOR,
    )
    event = events.record(
        "partner.invited",
        subject=room.key,
        actor=actor.key,
        now=now,
        data={
            "room": room.code,
            "invitation": invitation.code,
            "again": former is not None and former.address == address,
        },
    )
    post_invitation(invitation, token, event)
    return invitation


def _close(invitation: Invitation, now: dt.datetime) -> None:
    Invitation.objects.filter(pk=invitation.pk, closed_at=None).update(closed_at=now)
