"""Whoever holds an invitation can sign in with its address."""

import datetime as dt

from alcove.people.actions.add_person import ensure_person
from alcove.people.models import Person
from alcove.rooms.invitations import invitation_by


def welcome(*, token: str, language: str, time_zone: str, now: dt.datetime) -> Person:
    """The person whom this link invites; they get an account where they have none.

    Raises InvitationDead. Until they join, the account opens nothing.
    """
    invitation = invitation_by(token, now=now)
    return ensure_person(
        address=invitation.address, language=language, time_zone=time_zone, now=now
    )
