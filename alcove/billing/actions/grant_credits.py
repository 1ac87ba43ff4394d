"""The plan's credits of each period, given once and expiring with it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q

from alcove.billing import ledger
from alcove.billing.models import Entitlement, Plan
from alcove.billing.periods import end_of_periods, is_paid, midnight, period_at
from alcove.core import jobs
from alcove.people.models import Practice


@transaction.atomic
def grant_credits(*, entitlement: Entitlement, practice: Practice, now: dt.datetime) -> bool:
    """Give the credits of the present period, by the plan's version that is in force for it.

    False when they were given, or none are due.
    """
    today = now.astimezone(practice.zone).date()
    period = period_at(entitlement.starts_on, entitlement.plan.period_months, today)
    if period is None or (entitlement.ends_on is not None and today >= entitlement.ends_on):
        return False
    first = midnight(period[0], practice.zone)
    if not is_paid(entitlement.paid_until, period, practice.zone):
        return False
    plan = entitlement.plan.in_force_at(first)
    cause = f"grant:{entitlement.pk}:{period[0].isoformat()}"
    is_due = plan.credits_per_period > 0 and not ledger.has_entry(cause)
    if (is_due or plan != entitlement.plan) and not _is_as_read(entitlement):
        return False
    if plan != entitlement.plan:
        entitlement.plan = plan
        entitlement.save(update_fields=["plan"])
    if not is_due:
        return False
    return ledger.grant(
        entitlement.room,
        plan.credits_per_period,
        cause=cause,
        expires_at=_credits_end(plan, entitlement.starts_on, period[0], practice),
        now=now,
    )


def _is_as_read(entitlement: Entitlement) -> bool:
    """Whether the coverage is still as it was read: a sweep reads many, long before each one's turn.

    Its row stays locked, so that nobody changes it meanwhile; if somebody has, the next sweep sees it.
    """
    same = Entitlement.objects.select_for_update().filter(
        pk=entitlement.pk,
        plan=entitlement.plan_id,
        state=entitlement.state,
        starts_on=entitlement.starts_on,
        ends_on=entitlement.ends_on,
        paid_until=entitlement.paid_until,
    )
    return bool(same)


def _credits_end(
    plan: Plan, starts_on: dt.date, first: dt.date, practice: Practice
) -> dt.datetime | None:
    """Until when the credits of the period that begins on ``first`` are good; None for ever."""
    if plan.credits_last_periods is None:
        return None
    end = end_of_periods(starts_on, plan.period_months, first, plan.credits_last_periods)
    return midnight(end, practice.zone)


@jobs.every(dt.timedelta(minutes=10), "billing.settle_periods")
def settle_periods(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Give what is due for every active entitlement, and write off what has expired."""
    practice = Practice.load()
    today = now.astimezone(practice.zone).date()
    due = Entitlement.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today), state=Entitlement.State.ACTIVE
    ).select_related("plan__replaced_by", "room")
    for entitlement in due.iterator(chunk_size=500):
        grant_credits(entitlement=entitlement, practice=practice, now=now)
    with transaction.atomic():
        ledger.expire(now)
