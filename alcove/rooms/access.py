"""Who may see a room: its members, and nobody else."""

from django.db.models import QuerySet

from alcove.core.errors import NotFound
from alcove.people.models import Person
from alcove.rooms.models import Membership, Room


def rooms_of(person: Person) -> QuerySet[Room]:
    """The rooms that this person is a member of, with owner and provider loaded."""
    return Room.objects.filter(memberships__person=person).select_related("owner", "provider")


def room_for(person: Person, code: str) -> Room:
    """The room with this code, if the person is a member; else NotFound, as for no room."""
    room = rooms_of(person).filter(code=code).first()
    if room is None:
        raise NotFound
    return room


def membership_for(person: Person, code: str) -> Membership:
    """The person's own membership of the room with this code; else NotFound."""
    membership = Membership.objects.filter(person=person, room__code=code).first()
    if membership is None:
        raise NotFound
    return membership


def members_for(person: Person, code: str) -> list[Membership]:
    """Everybody in the room with this code, with room, person and draft; NotFound for strangers."""
    rows = Membership.objects.filter(room__code=code).select_related("room", "person", "draft")
    everybody = list(rows.order_by("person_id"))
    if not any(one.person_id == person.pk for one in everybody):
        raise NotFound
    return everybody
