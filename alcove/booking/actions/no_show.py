"""Marking a session as missed, disputing that, deciding the dispute, settling it."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.billing import ledger
from alcove.billing.actions.late_fees import make_fee_due
from alcove.billing.models import LateRule
from alcove.booking import lifecycle
from alcove.booking.access import appointment_for, require_provider
from alcove.booking.actions.settle import MARKED_WITHIN
from alcove.booking.errors import (
    AlreadyEnded,
    ClientCame,
    NotDisputable,
    NotDisputed,
    ProviderNotThere,
    TooEarlyToMark,
    TooLateToMark,
    WordsNeeded,
)
from alcove.booking.history import record_change
from alcove.booking.models import Appointment, Ending, NoShow, Status
from alcove.booking.policies import AttendanceFacts
from alcove.core import jobs
from alcove.core.errors import NotAllowed
from alcove.people.access import require_staff
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person, Practice
from alcove.rooms.access import require_impartial


@transaction.atomic
def mark_no_show(
    *,
    actor: Person,
    code: str,
    facts: AttendanceFacts,
    record: dict[str, Any],
    now: dt.datetime,
) -> NoShow:
    """Mark that the client did not come; final after the practice's time for disputes (48 h).

    ``record`` is what the live room recorded, as plain JSON, kept for whoever judges a dispute.
    A provider who was not there cannot mark: the client would pay for the provider's absence.
    Raises NotFound, NotAllowed, AlreadyEnded, TooEarlyToMark, TooLateToMark, ClientCame,
    ProviderNotThere or ChangedMeanwhile.
    """
    appointment = appointment_for(actor, code)
    require_provider(actor, appointment)
    practice = Practice.load()
    if appointment.status != Status.CONFIRMED:
        raise AlreadyEnded(status=appointment.get_status_display())
    if now < appointment.starts_at + dt.timedelta(minutes=practice.no_show_after_minutes):
        raise TooEarlyToMark(minutes=practice.no_show_after_minutes)
    if now >= appointment.ends_at + MARKED_WITHIN:
        raise TooLateToMark
    if facts.client_came:
        raise ClientCame
    if not facts.provider_came:
        raise ProviderNotThere
    lifecycle.move(appointment, Status.NO_SHOW)
    no_show = NoShow.objects.create(
        appointment=appointment,
        marked_by=actor,
        marked_at=now,
        final_at=now + dt.timedelta(hours=practice.dispute_hours),
        facts=record,
    )
    _record("appointment.no_show", no_show, actor, now)
    return no_show


@transaction.atomic
def dispute_no_show(*, actor: Person, code: str, words: str, now: dt.datetime) -> NoShow:
    """Say that a session was not missed, or not by one's own fault; staff decide.

    Open to the clients of the room until it is final, once. Raises NotFound, NotAllowed,
    WordsNeeded or NotDisputable.
    """
    appointment = appointment_for(actor, code)
    if actor.pk == appointment.provider_id:
        raise NotAllowed
    if not words.strip():
        raise WordsNeeded
    disputed = NoShow.objects.filter(
        appointment=appointment, disputed_at=None, settled_at=None, final_at__gt=now
    ).update(disputed_by=actor, disputed_at=now, dispute_words=words)
    if not disputed:
        raise NotDisputable
    no_show = NoShow.objects.select_related("appointment").get(appointment=appointment)
    _record("no_show.disputed", no_show, actor, now)
    return no_show


@transaction.atomic
def decide_dispute(
    *, actor: Person, code: str, verdict: str, words: str, now: dt.datetime
) -> NoShow:
    """Decide as staff whether a disputed no-show stands, and settle it.

    Raises NotFound for everybody who is not staff, OwnRoom, WordsNeeded and NotDisputed.
    """
    require_staff(actor)
    if not words.strip():
        raise WordsNeeded
    quarrel = NoShow.objects.filter(appointment__code=code).select_related("appointment__room")
    found = quarrel.first()
    if found is None:
        raise NotDisputed
    require_impartial(actor, found.appointment.room)
    # By the row's own columns: PostgreSQL checks a condition through a join, or in a subquery,
    # against what it saw before it waited for somebody else's verdict.
    decided = NoShow.objects.filter(
        pk=found.pk, disputed_at__isnull=False, decided_at=None, settled_at=None
    ).update(decided_by=actor, decided_at=now, verdict=verdict, verdict_words=words)
    if not decided:
        raise NotDisputed
    no_show = NoShow.objects.select_related("appointment__room").get(pk=found.pk)
    _settle(no_show, now=now)
    _record("no_show.decided", no_show, actor, now)
    record_act(
        actor=actor,
        act="no_show.decided",
        subject=no_show.appointment.key,
        reason=words,
        data={"verdict": verdict},
        now=now,
    )
    return no_show


@jobs.every(dt.timedelta(minutes=1), "booking.settle_no_shows")
def settle_no_shows(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Settle what nobody disputed in time; a dispute keeps it open until staff decide."""
    due = NoShow.objects.filter(settled_at=None, disputed_at=None, final_at__lte=now)
    for no_show in due.select_related("appointment__room").order_by("final_at")[:500]:
        with transaction.atomic():
            if _settle(no_show, now=now):
                _record("no_show.final", no_show, None, now)


def _settle(no_show: NoShow, *, now: dt.datetime) -> bool:
    """Apply the late rule that the client read when booking; False when it was settled before."""
    appointment = no_show.appointment
    cost = _cost(no_show)
    open_ones = NoShow.objects.filter(pk=no_show.pk, settled_at=None)
    if no_show.verdict == "":
        # A dispute that came in meanwhile keeps it open.
        open_ones = open_ones.filter(disputed_at=None)
    if not open_ones.update(settled_at=now, cost=cost):
        return False
    no_show.settled_at, no_show.cost = now, cost
    key = appointment.reservation_key
    if cost == Ending.Cost.CREDIT:
        ledger.forfeit(key, now=now)
        return True
    ledger.release(key, now=now)
    if cost == Ending.Cost.FEE:
        make_fee_due(
            room=appointment.room,
            amount_minor=appointment.late_fee_minor,
            currency=appointment.currency,
            cause=f"late:{key}",
            consent_key=appointment.key,
            now=now,
        )
    return True


def _cost(no_show: NoShow) -> str:
    if no_show.verdict == NoShow.Verdict.WAIVED:
        return Ending.Cost.FREE
    is_fee = no_show.appointment.late_rule == LateRule.FEE
    return Ending.Cost.FEE if is_fee else Ending.Cost.CREDIT


def _record(kind: str, no_show: NoShow, actor: Person | None, now: dt.datetime) -> None:
    appointment: Appointment = no_show.appointment
    fee = f"fee:{appointment.late_fee_minor}:{appointment.currency}"
    record_change(
        kind,
        appointment,
        actor=actor,
        now=now,
        final_at=no_show.final_at.isoformat(),
        verdict=no_show.verdict,
        cost=fee if no_show.cost == Ending.Cost.FEE else no_show.cost or "free",
    )
