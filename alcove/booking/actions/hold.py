"""Keeping a slot for one room while its client reviews."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from alcove.booking.access import (
    appointment_for,
    appointment_on_behalf,
    bookable_room_for,
    require_scheduler,
    room_on_behalf,
)
from alcove.booking.claims import claim_for_hold, lock_people
from alcove.booking.errors import AlreadyEnded, AlreadyStarted, SameTime, SlotNotOffered, SlotTaken
from alcove.booking.models import Appointment, SlotHold, TimeClaim
from alcove.booking.queries import RoomTerms, SlotSearch, room_terms
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person, Practice


@transaction.atomic
def hold_slot(
    *,
    actor: Person,
    room_code: str,
    modality: str,
    length_minutes: int,
    starts_at: dt.datetime,
    now: dt.datetime,
    for_client: bool = False,
) -> SlotHold:
    """Keep the slot for this room for the practice's hold time (10 minutes).

    A hold that the room had before is given up; choosing the same time again gives the same
    hold with its clock started anew, so a second click has no second effect. ``for_client``: by
    staff, who book for the room's client (R18). Raises NotFound, NotRoomOwner, OwnRoom,
    RoomNotBookable, NotOffered, SlotNotOffered or SlotTaken.
    """
    if for_client:
        room = room_on_behalf(actor, room_code)
    else:
        room = bookable_room_for(actor, room_code)
        require_scheduler(actor, room)
    terms = room_terms(room, Practice.load(), now)
    terms.require_bookable()
    terms.require_offered(modality, length_minutes)
    hold = _keep(actor, terms, modality, length_minutes, starts_at, now, moves=None)
    if for_client:
        _put_on_record(hold, room.key, actor=actor, now=now)
    return hold


@transaction.atomic
def hold_slot_to_move(
    *,
    actor: Person,
    appointment_code: str,
    starts_at: dt.datetime,
    now: dt.datetime,
    for_client: bool = False,
) -> SlotHold:
    """Keep another time for an appointment, while its present time stands (R11).

    Raises as ``hold_slot`` does, and SameTime, AlreadyEnded or AlreadyStarted.
    """
    if for_client:
        appointment = appointment_on_behalf(actor, appointment_code)
    else:
        appointment = appointment_for(actor, appointment_code)
        require_scheduler(actor, appointment.room)
    room = appointment.room
    require_movable(appointment, now)
    terms = room_terms(room, Practice.load(), now)
    terms.require_bookable()
    hold = _keep(
        actor,
        terms,
        appointment.modality,
        appointment.length_minutes,
        starts_at,
        now,
        moves=appointment,
    )
    if for_client:
        _put_on_record(hold, appointment.key, actor=actor, now=now)
    return hold


def require_movable(appointment: Appointment, now: dt.datetime) -> None:
    """AlreadyEnded or AlreadyStarted unless the appointment can still be moved or cancelled."""
    if not appointment.is_active:
        raise AlreadyEnded(status=appointment.get_status_display())
    if now >= appointment.starts_at:
        raise AlreadyStarted


def _keep(
    actor: Person,
    terms: RoomTerms,
    modality: str,
    length_minutes: int,
    starts_at: dt.datetime,
    now: dt.datetime,
    moves: Appointment | None,
) -> SlotHold:
    calendar, _entitlement = terms.require_bookable()
    people = lock_people(terms.room.pk)
    search = SlotSearch(terms.room, calendar, modality, length_minutes, now, moves)
    _require_free(search, starts_at)
    expires_at = now + dt.timedelta(minutes=terms.practice.hold_minutes)
    live = _for_review(terms.room.pk).filter(became=None, expires_at__gt=now)
    wanted = {
        "room": terms.room,
        "held_by": actor,
        "modality": modality,
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(minutes=length_minutes),
        "buffer_before_minutes": calendar.buffer_before_minutes,
        "buffer_after_minutes": calendar.buffer_after_minutes,
        "moves": moves,
    }
    for hold in live:
        if all(getattr(hold, field) == value for field, value in wanted.items()):
            return _start_anew(hold, expires_at)
        give_up_holds(terms.room.pk, now=now)
    hold = SlotHold.objects.create(**wanted, expires_at=expires_at)
    claim_for_hold(hold, people, now=now)
    return hold


def _put_on_record(hold: SlotHold, subject: str, *, actor: Person, now: dt.datetime) -> None:
    """That staff keep a time for a client is an act: nobody else can have it meanwhile."""
    record_act(
        actor=actor,
        act="slot.held",
        subject=subject,
        data={"starts_at": hold.starts_at.isoformat()},
        now=now,
    )


def _start_anew(hold: SlotHold, expires_at: dt.datetime) -> SlotHold:
    """The same hold, kept as long as a new one; longer while it is being paid."""
    expires_at = max(hold.expires_at, expires_at)
    hold.expires_at = expires_at
    hold.save(update_fields=["expires_at"])
    TimeClaim.objects.filter(hold=hold).update(expires_at=expires_at)
    return hold


def _require_free(search: SlotSearch, starts_at: dt.datetime) -> None:
    """SlotTaken when the time is offered but for others' sessions; else SlotNotOffered.

    SameTime when an appointment is to be moved to the time it has.
    """
    if search.moves is not None and starts_at == search.moves.starts_at:
        raise SameTime
    if search.is_free(starts_at):
        return
    if search.would_be_free(starts_at):
        raise SlotTaken
    raise SlotNotOffered


def give_up_holds(room_id: int, *, now: dt.datetime) -> None:
    """Let go of whatever the room holds; a room keeps one time at once.

    The holds stay as expired ones: a page that still shows one says so and leads on. The times of
    a ring and of an offer are not chosen, and stay until they are answered.
    """
    kept = _for_review(room_id)
    TimeClaim.objects.filter(hold__in=kept).delete()
    kept.filter(became=None, expires_at__gt=now).update(expires_at=now)


def _for_review(room_id: int) -> QuerySet[SlotHold]:
    return SlotHold.objects.filter(room_id=room_id, purpose=SlotHold.Purpose.REVIEW)
