"""Whether rooms and their memberships agree."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from alcove.live.models import Stay
from alcove.rooms.models import Invitation, Membership, Room

Role = Membership.Role


def wrong_members(now: dt.datetime) -> Iterator[str]:
    """Rooms whose owner, provider and kind are not what their memberships say."""
    for room in Room.objects.prefetch_related("memberships").iterator(chunk_size=1000):
        by_role = {member.role: member.person_id for member in room.memberships.all()}
        for role, person in ((Role.OWNER, room.owner_id), (Role.PROVIDER, room.provider_id)):
            if by_role.get(role) != person:
                yield f"room {room.code}: its {role} is not a member as such"
        if Role.PARTNER in by_role and room.kind != Room.Kind.COUPLES:
            yield f"room {room.code}: an individual room has a partner"


def wrong_invitations(now: dt.datetime) -> Iterator[str]:
    """Open invitations by whoever may not invite, or to where nobody can come."""
    has_partner = Exists(Membership.objects.filter(room=OuterRef("room"), role=Role.PARTNER))
    wrong = Invitation.objects.filter(closed_at=None).filter(
        ~Q(invited_by=F("room__owner")) | ~Q(room__kind=Room.Kind.COUPLES) | has_partner
    )
    for code in wrong.order_by("pk").values_list("code", flat=True):
        yield f"invitation {code}"


def strangers_inside(now: dt.datetime) -> Iterator[str]:
    """Stays that last, of people who are in the session's room no more."""
    inside = Stay.objects.filter(left_at=None).select_related("session__appointment")
    members = set(Membership.objects.values_list("room_id", "person_id"))
    for stay in inside.iterator(chunk_size=1000):
        session = stay.session.appointment
        if (session.room_id, stay.person_id) not in members:
            yield f"person {stay.person_id} in session {session.code}"
