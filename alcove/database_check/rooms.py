"""Whether rooms and their memberships agree."""

import datetime as dt
from collections.abc import Iterator

from alcove.rooms.models import Membership, Room

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
