"""Invitations as tests make them: with the secret that otherwise only the mail holds."""

import datetime as dt

from alcove.booking.models import Appointment
from alcove.core.models import Event
from alcove.database_check.run import broken
from alcove.people.models import Person
from alcove.rooms import invitations
from alcove.rooms.actions.invite_partner import invite_partner, resend_invitation
from alcove.rooms.models import Invitation, Room
from tests.cast import NOW, Cast, book, make_room

# Looks like a secret, and never was one.
TOKEN = "A" * 43


def invited(
    owner: Person, room: Room, address: str | None, *, now: dt.datetime = NOW
) -> tuple[Invitation, str]:
    """An invitation of this address (None: the same once more) and the secret of its link."""
    caught: list[str] = []

    def listen(_invitation: Invitation, token: str, _event: Event) -> None:
        caught.append(token)

    invitations.posts_invitations(listen)
    try:
        if address is None:
            found = resend_invitation(actor=owner, room_code=room.code, now=now)
        else:
            found = invite_partner(actor=owner, room_code=room.code, address=address, now=now)
    finally:
        invitations._posts.remove(listen)
    return found, caught[0]


def partners_own_session(cast: Cast, starts_at: dt.datetime) -> Appointment:
    """The partner in therapy alone, with the other provider."""
    own = make_room(cast.partner, cast.second_provider, cast.plan)
    return book(own, starts_at, length=30)


def what_is_broken(now: dt.datetime) -> dict[str, list[str]]:
    """What a check of the whole database finds; for tests on floors below the check's own."""
    return broken(now)
