"""The plan's credits of each period, given once and expiring with it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q

from alcove.billing import ledger
from alcove.billing.models import Entitlement, Plan
from alcove.billing.periods import end_of_periods, midnight, period_at
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
    if not is_paid(entitlement, period, practice):
        return False
    plan = entitlement.plan.in_force_at(first)
    if plan != entitlement.plan:
        entitlement.plan = plan
        entitlement.save(update_fields=["plan"])
    if plan.credits_per_period == 0:
        return False
    return ledger.grant(
        entitlement.room,
        plan.credits_per_period,
        cause=f"grant:{entitlement.pk}:{period[0].isoformat()}",
        expires_at=_credits_end(plan, entitlement.starts_on, period[0], practice),
        now=now,
    )


def is_paid(entitlement: Entitlement, period: tuple[dt.date, dt.date], practice: Practice) -> bool:
    """Whether this period is paid; always where the practice sees to payment by other ways.

    A gateway's periods begin some days before ours or after: at another hour, in another zone, on
    another last day of a month. So a period is paid when the payments reach past its middle: each
    payment gives the credits of one period.
    """
    if entitlement.paid_until is None:
        return True
    first, end = (midnight(day, practice.zone) for day in period)
    return entitlement.paid_until > first + (end - first) / 2


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
