"""What becomes of a plan whose payment is given back."""

import datetime as dt

from django.db import transaction

from alcove.billing import ledger
from alcove.billing.actions.stop_plan import stop_renewing
from alcove.billing.models import CreditEntry, Entitlement, Purchase
from alcove.billing.periods import add_months, is_paid, period_at
from alcove.people.models import Person, Practice


@transaction.atomic
def uncover(purchase: Purchase, *, actor: Person, now: dt.datetime) -> int:
    """Take back what the payment of a plan gave: a period of coverage, and its unused credits.

    Nothing more is charged for the plan, and without a further payment it ends today. Returns how
    many credits were taken; none of a period that is over, nor where the payment gave no coverage.
    """
    practice = Practice.load()
    today = now.astimezone(practice.zone).date()
    rows = Entitlement.objects.select_for_update(of=("self",)).select_related("plan")
    row = rows.filter(room=purchase.room).first()
    if row is None or row.ends_on is None or row.plan.code != _code(purchase):
        return 0
    later = Purchase.objects.filter(
        room=purchase.room,
        item=Purchase.Item.PLAN,
        state=Purchase.State.PAID,
        refund=None,
        pk__gt=purchase.pk,
    ).count()
    months = row.plan.period_months
    paid_to = row.paid_until.astimezone(practice.zone).date() if row.paid_until else row.ends_on
    if add_months(paid_to, -months * later) <= today:
        return 0
    stop_renewing(actor=actor, room=purchase.room, now=now)
    paid_to = add_months(paid_to, -months)
    if row.paid_until is not None:
        day = add_months(row.paid_until.date(), -months)
        row.paid_until = dt.datetime.combine(day, row.paid_until.timetz())
    count = _take_credits(row, paid_to, practice, refund=purchase.code, now=now)
    row.ends_on = max(paid_to, today)
    row.starts_on = min(row.starts_on, row.ends_on - dt.timedelta(days=1))
    row.save()
    return count


def _code(purchase: Purchase) -> str:
    return purchase.plan.code if purchase.plan else ""


def _take_credits(
    row: Entitlement, paid_to: dt.date, practice: Practice, *, refund: str, now: dt.datetime
) -> int:
    """Take the unused credits of every period that is not paid any more."""
    prefix = f"grant:{row.pk}:"
    count = 0
    for cause in CreditEntry.objects.filter(cause__startswith=prefix).values_list(
        "cause", flat=True
    ):
        first = dt.date.fromisoformat(cause.removeprefix(prefix))
        period = period_at(row.starts_on, row.plan.period_months, first)
        is_kept = (
            first < paid_to
            if row.paid_until is None
            else period is None or is_paid(row.paid_until, period, practice.zone)
        )
        if not is_kept:
            count += ledger.take_back(cause, refund=f"refund:{refund}", now=now)
    return count
