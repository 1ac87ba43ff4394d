"""Who may see a room: its members, and nobody else.

A partner sees it from the moment on at which they joined: what was said before was said without them,
and perhaps to another partner.
"""

from django.db.models import F, Q, QuerySet

from alcove.core.errors import NotFound
from alcove.people.models import Person
from alcove.rooms.errors import NotCouplesRoom, NotOwner, OwnRoom
from alcove.rooms.models import Membership, Message, Room

# Those whose room it is from its first day.
FROM_THE_START = (Membership.Role.OWNER, Membership.Role.PROVIDER)


def rooms_of(person: Person) -> QuerySet[Room]:
    """The rooms that this person is a member of, with owner and provider loaded."""
    return Room.objects.filter(memberships__person=person).select_related("owner", "provider")


def room_for(person: Person, code: str) -> Room:
    """The room with this code, if the person is a member; else NotFound, as for no room."""
    room = rooms_of(person).filter(code=code).first()
    if room is None:
        raise NotFound
    return room


def messages_of(person: Person) -> QuerySet[Message]:
    """Every message that this person may read, of all their rooms."""
    since = Q(room__memberships__role__in=FROM_THE_START) | Q(
        written_at__gte=F("room__memberships__joined_at")
    )
    return Message.objects.filter(since, room__memberships__person=person)


def messages_in(own: Membership) -> QuerySet[Message]:
    """The messages of one room that this member of it may read."""
    found = Message.objects.filter(room=own.room_id)
    if own.role == Membership.Role.PARTNER:
        found = found.filter(written_at__gte=own.joined_at)
    return found


def own_couples_room(person: Person, code: str) -> Room:
    """The couples room with this code, for the client who created it and decides who is in it.

    NotFound for strangers, NotOwner for other members, NotCouplesRoom for an individual room.
    """
    room = room_for(person, code)
    if room.owner_id != person.pk:
        raise NotOwner(owner=room.owner.name)
    if room.kind != Room.Kind.COUPLES:
        raise NotCouplesRoom
    return room


def membership_for(person: Person, code: str) -> Membership:
    """The person's own membership of the room with this code; else NotFound."""
    memberships = Membership.objects.select_related("room", "person")
    membership = memberships.filter(person=person, room__code=code).first()
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


def require_stranger(staff: Person, room: Room) -> None:
    """Nobody is the practice in a room of their own: they could waive what they owe."""
    if room.memberships.filter(person=staff).exists():
        raise OwnRoom


def require_not_its_client(staff: Person, room: Room) -> None:
    """Nobody gives themself credits or money back; a provider may be all the staff there is."""
    if room.memberships.filter(person=staff).exclude(role=Membership.Role.PROVIDER).exists():
        raise OwnRoom


def require_impartial(staff: Person, room: Room) -> None:
    """Nobody judges a quarrel of their own; its provider does where staff has nobody else."""
    require_not_its_client(staff, room)
    others = Person.objects.filter(Q(is_staff=True) | Q(is_admin=True), is_active=True)
    strangers = others.exclude(pk__in=room.memberships.values("person"))
    if room.provider_id == staff.pk and strangers.exists():
        raise OwnRoom
