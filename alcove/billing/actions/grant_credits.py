"""The plan's credits of each period, given once and expiring with it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q

from alcove.billing import ledger
from alcove.billing.models import Entitlement
from alcove.billing.periods import midnight, period_at
from alcove.core import jobs
from alcove.people.models import Practice


def grant_credits(*, entitlement: Entitlement, practice: Practice, now: dt.datetime) -> bool:
    """Give the credits of the present period; False when they were given, or none are due."""
    today = now.astimezone(practice.zone).date()
    period = period_at(entitlement.starts_on, entitlement.plan.period_months, today)
    if period is None or entitlement.plan.credits_per_period == 0:
        return False
    if entitlement.ends_on is not None and today >= entitlement.ends_on:
        return False
    return ledger.grant(
        entitlement.room,
        entitlement.plan.credits_per_period,
        cause=f"grant:{entitlement.pk}:{period[0].isoformat()}",
        expires_at=midnight(period[1], practice.zone),
        now=now,
    )


@jobs.every(dt.timedelta(minutes=10), "billing.settle_periods")
def settle_periods(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Give what is due for every active entitlement, and write off what has expired."""
    practice = Practice.load()
    today = now.astimezone(practice.zone).date()
    due = Entitlement.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today), state=Entitlement.State.ACTIVE
    ).select_related("plan", "room")
    for entitlement in due.iterator(chunk_size=500):
        grant_credits(entitlement=entitlement, practice=practice, now=now)
    with transaction.atomic():
        ledger.expire(now)
