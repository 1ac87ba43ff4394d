"""Who may see an appointment or a hold, and who may change it."""

from django.db.models import F, Q, QuerySet

from alcove.booking.errors import NotRoomOwner
from alcove.booking.models import LIVE, Appointment, Ring, SlotHold, TimeProposal
from alcove.core.errors import NotAllowed, NotFound
from alcove.people.access import require_staff
from alcove.people.models import Person
from alcove.rooms.access import FROM_THE_START, require_stranger, rooms_of
from alcove.rooms.models import Room


def bookable_rooms_of(person: Person) -> QuerySet[Room]:
    """The rooms of a person with all that decides whether and how they can be booked."""
    return rooms_of(person).select_related(
        "owner", "provider__provider_calendar", "entitlement__plan"
    )


def bookable_room_for(person: Person, code: str) -> Room:
    """One such room by its code; else NotFound."""
    room = bookable_rooms_of(person).filter(code=code).first()
    if room is None:
        raise NotFound
    return room


def appointments_of(person: Person) -> QuerySet[Appointment]:
    """Every appointment of the rooms that this person is a member of.

    A partner's begin with the one that was on or to come when they joined.
    """
    since = Q(room__memberships__role__in=FROM_THE_START) | Q(
        ends_at__gt=F("room__memberships__joined_at")
    )
    return Appointment.objects.filter(since, room__memberships__person=person).select_related(
        "room__owner", "room__provider__provider_calendar", "room__entitlement__plan", "provider"
    )


def appointment_for(person: Person, code: str) -> Appointment:
    """The appointment with this code, for a member of its room; else NotFound."""
    appointment = appointments_of(person).filter(code=code).first()
    if appointment is None:
        raise NotFound
    return appointment


def hold_for(person: Person, code: str) -> SlotHold:
    """The hold with this code, for the client who schedules in its room; else NotFound."""
    hold = (
        SlotHold.objects.filter(
            code=code,
            purpose=SlotHold.Purpose.REVIEW,
            room__owner=person,
            room__memberships__person=person,
        )
        .select_related(
            "room__owner",
            "room__provider__provider_calendar",
            "room__entitlement__plan",
        )
        .first()
    )
    if hold is None:
        raise NotFound
    return hold


def ring_for(person: Person, code: str) -> Ring:
    """The ring with this code, for a member of its room; else NotFound."""
    ring = (
        Ring.objects.filter(code=code, room__memberships__person=person)
        .select_related(
            "room__owner",
            "room__provider__provider_calendar",
            "room__entitlement__plan",
            "rung_by",
            "hold",
            "became",
        )
        .first()
    )
    if ring is None:
        raise NotFound
    return ring


def proposals_of(person: Person) -> QuerySet[TimeProposal]:
    """Every time proposal of the rooms that this person is a member of.

    A partner's are those that were begun since they joined, and the one that still goes on.
    """
    since = (
        Q(room__memberships__role__in=FROM_THE_START)
        | Q(opened_at__gte=F("room__memberships__joined_at"))
        | Q(state__in=LIVE)
    )
    return TimeProposal.objects.filter(since, room__memberships__person=person).select_related(
        "room__owner", "room__provider__provider_calendar", "room__entitlement__plan", "became"
    )


def proposal_for(person: Person, code: str) -> TimeProposal:
    """The time proposal with this code, for a member of its room; else NotFound."""
    proposal = proposals_of(person).filter(code=code).first()
    if proposal is None:
        raise NotFound
    return proposal


def room_on_behalf(staff: Person, code: str) -> Room:
    """The room with this code, for staff who book for its client (R18).

    NotFound for everybody else; OwnRoom for a member, whom its own rules bind.
    """
    require_staff(staff)
    room = (
        Room.objects.filter(code=code)
        .select_related("owner", "provider__provider_calendar", "entitlement__plan")
        .first()
    )
    if room is None:
        raise NotFound
    require_stranger(staff, room)
    return room


def appointment_on_behalf(staff: Person, code: str) -> Appointment:
    """The appointment with this code, for staff; raises as ``room_on_behalf``."""
    require_staff(staff)
    appointment = (
        Appointment.objects.filter(code=code)
        .select_related(
            "room__owner",
            "room__provider__provider_calendar",
            "room__entitlement__plan",
            "provider",
        )
        .first()
    )
    if appointment is None:
        raise NotFound
    require_stranger(staff, appointment.room)
    return appointment


def hold_on_behalf(staff: Person, code: str) -> SlotHold:
    """The hold that this one of staff has made for a client; raises as ``room_on_behalf``."""
    require_staff(staff)
    hold = (
        SlotHold.objects.filter(code=code, purpose=SlotHold.Purpose.REVIEW, held_by=staff)
        .select_related(
            "room__owner", "room__provider__provider_calendar", "room__entitlement__plan"
        )
        .first()
    )
    if hold is None:
        raise NotFound
    require_stranger(staff, hold.room)
    return hold


def require_scheduler(person: Person, room: Room) -> None:
    """Let only the person who created the room schedule in it (R3).

    The partner gets NotRoomOwner, which names who can; the provider NotAllowed.
    """
    if person.pk == room.owner_id:
        return
    if person.pk == room.provider_id:
        raise NotAllowed
    raise NotRoomOwner(owner=room.owner.name)


def require_provider(person: Person, asked: Appointment | Ring | Room) -> None:
    """Let only the provider of a room, whom a request or a ring there is for, answer it."""
    if person.pk != asked.provider_id:
        raise NotAllowed
