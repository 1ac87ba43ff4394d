"""Whether what was paid was given, and nothing else was."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from alcove.billing.models import CreditEntry, LateFee, Purchase, Refund

# A payment that is here is settled in the same transaction, a refund within the patience for it.
REFUND_OVERDUE = dt.timedelta(days=4)


def paid_without_credits(now: dt.datetime) -> Iterator[str]:
    """Paid purchases of credits whose credits the ledger does not have, or as many."""
    entries = dict(
        CreditEntry.objects.filter(kind=CreditEntry.Kind.BOUGHT).values_list("cause", "available")
    )
    paid = Purchase.objects.filter(state=Purchase.State.PAID, item=Purchase.Item.CREDITS)
    causes = set()
    for purchase in paid.iterator(chunk_size=2000):
        causes.add(purchase.lot_cause)
        have = entries.get(purchase.lot_cause, 0)
        if have != purchase.count:
            yield f"{purchase.key} is paid for {purchase.count} credits, the ledger has {have}"
    for cause in sorted(entries.keys() - causes):
        yield f"credits of “{cause}” were paid by nobody"


def wrong_fees(now: dt.datetime) -> Iterator[str]:
    """Fees that are paid without a payment, and payments of fees that are due still."""
    paid = Purchase.objects.filter(fee=OuterRef("pk"), state=Purchase.State.PAID)
    fees = LateFee.objects.annotate(has_payment=Exists(paid))
    for fee in fees.filter(state=LateFee.State.PAID, has_payment=False):
        yield f"late fee {fee.pk} ({fee.cause}) is paid by no payment"
    for fee in fees.filter(state=LateFee.State.DUE, has_payment=True):
        yield f"late fee {fee.pk} ({fee.cause}) was paid, and is due still"


def wrong_refunds(now: dt.datetime) -> Iterator[str]:
    """Refunds of what was not paid or of more, and those that wait too long."""
    wrong = Refund.objects.filter(
        ~Q(purchase__state=Purchase.State.PAID) | Q(amount_minor__gt=F("purchase__amount_minor"))
    )
    for pk, code in wrong.values_list("pk", "purchase__code"):
        yield f"refund {pk} gives back more than was paid by {code}"
    late = Refund.objects.filter(state=Refund.State.WAITING, asked_at__lt=now - REFUND_OVERDUE)
    for pk, code in late.values_list("pk", "purchase__code"):
        yield f"refund {pk} of {code} has waited for days: look at its job, and at the gateway"
