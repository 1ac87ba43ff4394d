"""Invitations into couples rooms: their links, how long they are good, who posts the letter."""

import datetime as dt
import unicodedata
from collections.abc import Callable

from alcove.core.models import Event
from alcove.core.tokens import hash_of
from alcove.people.models import Person
from alcove.rooms.errors import InvitationDead
from alcove.rooms.models import Invitation, Membership, Room

GOOD_FOR = dt.timedelta(days=7)
# Of one person, those that were sent again included.
MOST_A_DAY = 10

# The one letter that cannot be written from its event: the link is in no table of ours.
Post = Callable[[Invitation, str, Event], None]
_posts: list[Post] = []


def posts_invitations(post: Post) -> Post:
    """Register what sends the letter with the link, in the transaction that makes the link.

    The decorated function gets the invitation, the secret of its link, and the event.
    """
    if post not in _posts:
        _posts.append(post)
    return post


def post_invitation(invitation: Invitation, token: str, event: Event) -> None:
    """Have the letter sent."""
    for post in _posts:
        post(invitation, token, event)


def clean_address(text: str) -> str:
    """An e-mail address as it is kept and compared: without blanks around it, in small letters."""
    return unicodedata.normalize("NFC", text).strip().lower()


def open_invitation(room: Room) -> Invitation | None:
    """The room's invitation that waits for an answer, be it too old by now."""
    return Invitation.objects.filter(room=room, closed_at=None).first()


def invitation_by(token: str, *, now: dt.datetime) -> Invitation:
    """The invitation that this link can still answer; else InvitationDead, whatever the reason."""
    invitation = (
        Invitation.objects.filter(token_hash=hash_of(token))
        .select_related("room__owner", "room__provider", "invited_by")
        .first()
    )
    if invitation is None or not is_good(invitation, now):
        raise InvitationDead
    return invitation


def invitation_for(person: Person, token: str, *, now: dt.datetime) -> Invitation:
    """The invitation that this person can answer by the link; else InvitationDead."""
    invitation = invitation_by(token, now=now)
    is_member = Membership.objects.filter(room=invitation.room_id, person=person).exists()
    if invitation.address != person.email or is_member:
        raise InvitationDead
    return invitation


def answered_by(person: Person, token: str) -> Room | None:
    """The room that this person joined by the link and is still in."""
    invitation = (
        Invitation.objects.filter(
            token_hash=hash_of(token), accepted_by=person, room__memberships__person=person
        )
        .select_related("room")
        .first()
    )
    return invitation.room if invitation else None


def is_good(invitation: Invitation, now: dt.datetime) -> bool:
    """Whether somebody can join by it: not answered, withdrawn or too old, and there is room."""
    return (
        invitation.closed_at is None
        and now < invitation.expires_at
        and invitation.room.closed_at is None
        and not Membership.objects.filter(
            room=invitation.room_id, role=Membership.Role.PARTNER
        ).exists()
    )
