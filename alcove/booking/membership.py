"""What joining and leaving a room means for its sessions: whose time they take, whose calendars."""

import datetime as dt
from collections.abc import Iterable
from itertools import chain
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, QuerySet

from alcove.booking import proposals
from alcove.booking.actions.answer_proposal import take_offer_back
from alcove.booking.claims import claim_for_hold, lock_people, sweep_expired
from alcove.booking.errors import SlotTaken, TimeNotFree
from alcove.booking.history import record_change
from alcove.booking.models import (
    ACTIVE,
    LIVE,
    Appointment,
    Ring,
    SlotHold,
    TimeClaim,
    TimeProposal,
    TimeWish,
)
from alcove.core.formats import clock_time, day_and_time
from alcove.rooms.membership import Change, when_joining, when_leaving

SHARED = "appointment.shared"
WITHDRAWN = "appointment.withdrawn"


@when_joining
def take_time(change: Change) -> None:
    """Claim the newcomer's time for every session of the room that is not over, and its ring.

    TimeNotFree names what of their own is in the way; which session of the room it meets is none
    of their business yet. A time that is only kept or offered is claimed too, or given up where it
    cannot be: what is accepted later is free for everybody.
    """
    lock_people(change.room.pk)
    sweep_expired([change.person.pk], change.now)
    sessions = list(_coming(change))
    kept = SlotHold.objects.filter(room=change.room, became=None, expires_at__gt=change.now)
    rung = Ring.objects.filter(room=change.room, answer=Ring.Answer.OPEN).values("hold")
    rings, others = list(kept.filter(pk__in=rung)), kept.exclude(pk__in=rung)
    offered = list(others.filter(purpose=SlotHold.Purpose.OFFER))
    _require_free(change, [*sessions, *rings])
    _number_anew(change)
    TimeClaim.objects.bulk_create(
        TimeClaim(
            person=change.person,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            appointment=session,
        )
        for session in sessions
    )
    for hold in rings:
        claim_for_hold(hold, [change.person.pk], now=change.now)
    for hold in others.exclude(purpose=SlotHold.Purpose.OFFER):
        _claim_or_give_up(hold, change)
    _claim_offer_or_take_back(offered, change)
    _tell_calendars(SHARED, _coming(change), change)


@when_leaving
def give_time_up(change: Change) -> None:
    """Let go of the leaver's time; what the room has booked or was offered stands for those who stay."""
    lock_people(change.room.pk)
    _forget_wishes(change)
    of_room = Q(appointment__room=change.room) | Q(hold__room=change.room)
    TimeClaim.objects.filter(of_room, person=change.person).delete()
    _number_anew(change)
    _tell_calendars(WITHDRAWN, _coming(change), change)


def _coming(change: Change) -> QuerySet[Appointment]:
    return Appointment.objects.filter(
        room=change.room, status__in=ACTIVE, ends_at__gt=change.now
    ).order_by("starts_at")


def _number_anew(change: Change) -> None:
    """No calendar may find the message older than what it has, of an earlier stay here perhaps."""
    _coming(change).filter(was_confirmed=True).update(sequence=F("sequence") + 1)


def _require_free(change: Change, wanted: Iterable[Appointment | SlotHold]) -> None:
    own = TimeClaim.objects.filter(person=change.person).select_related("appointment", "hold")
    claims = chain.from_iterable(
        own.filter(starts_at__lt=one.ends_at, ends_at__gt=one.starts_at) for one in wanted
    )
    # By key: one session of the newcomer's may meet several of the room's.
    spans = sorted({_span_of(claim) for claim in claims})
    if spans:
        raise TimeNotFree(when="; ".join(_words(span, change.person.zone) for span in spans))


def _span_of(claim: TimeClaim) -> tuple[dt.datetime, dt.datetime]:
    """The session as its own page shows it: a provider's claim has the buffers in it."""
    session = claim.appointment or claim.hold or claim
    return session.starts_at, session.ends_at


def _words(span: tuple[dt.datetime, dt.datetime], zone: ZoneInfo) -> str:
    """Such as "Tue, Mar 3, 10:00 AM – 10:45 AM"."""
    return f"{day_and_time(span[0], zone)} – {clock_time(span[1], zone)}"


def _claim_or_give_up(hold: SlotHold, change: Change) -> None:
    try:
        claim_for_hold(hold, [change.person.pk], now=change.now)
    except SlotTaken:
        # Its page says that the time is not kept any more, and leads on to others.
        hold.claims.all().delete()
        SlotHold.objects.filter(pk=hold.pk).update(expires_at=change.now)


def _claim_offer_or_take_back(offered: list[SlotHold], change: Change) -> None:
    """Keep every offered time for the newcomer too; with one they cannot keep the offer is over."""
    try:
        # Together: claims on some times of an offer that is taken back must not stay.
        with transaction.atomic():
            for hold in offered:
                claim_for_hold(hold, [change.person.pk], now=change.now)
    except SlotTaken:
        proposal = TimeProposal.objects.select_related("room").get(
            room=change.room, state=TimeProposal.State.OFFERED
        )
        take_offer_back(proposal, TimeProposal.State.WITHDRAWN, change.now)
        proposals.record("times.withdrawn", proposal, actor=None, now=change.now)


def _forget_wishes(change: Change) -> None:
    """What the leaver marked goes; a suggestion that was theirs alone is over."""
    of_room = TimeProposal.objects.filter(room=change.room).select_related("room")
    wishes = TimeWish.objects.filter(proposal__room=change.room, person=change.person)
    live = of_room.filter(state__in=LIVE, wishes__in=wishes).first()
    wishes.delete()
    if live is None:
        return
    if live.state == TimeProposal.State.SUGGESTED:
        proposals.move(live, TimeProposal.State.WITHDRAWN)
        proposals.record("proposal.withdrawn", live, actor=change.actor, now=change.now)
    else:
        proposals.record("proposal.changed", live, actor=change.actor, now=change.now)


def _tell_calendars(kind: str, sessions: Iterable[Appointment], change: Change) -> None:
    """One event for each session that calendars were told of; it concerns this one person."""
    for session in sessions:
        if session.was_confirmed:
            record_change(
                kind, session, actor=change.actor, now=change.now, person=change.person.pk
            )
