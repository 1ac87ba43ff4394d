"""Another price for those whose plan is renewed by card: from their next period, and told before."""

import datetime as dt
from contextlib import suppress
from typing import Any

from alcove.billing.models import Plan, Subscription
from alcove.billing.payments.by_job import gateway_by_job
from alcove.billing.payments.gateway import GatewayRefusal
from alcove.core import events, jobs
from alcove.people.models import Person

TELL_GATEWAY = "billing.reprice_subscription"
REPRICED = "plan.repriced"


def reprice_subscriptions(plan: Plan, *, actor: Person | None, now: dt.datetime) -> None:
    """Have the new version's price charged from the next period on, and tell each payer.

    Called in the transaction that writes the version.
    """
    going = Subscription.objects.filter(
        ended_at=None, stopped_at=None, room__entitlement__plan__code=plan.code
    )
    for row in going.select_related("room"):
        _reprice(row, plan, actor=actor.key if actor else events.SYSTEM, now=now)


def reprice_if_changed(row: Subscription, *, now: dt.datetime) -> None:
    """The same for one that was paid at a price which had changed while its page was open."""
    bought = row.purchase.plan
    if bought is None or bought.replaced_by_id is None:
        return
    plan = Plan.objects.get(code=bought.code, replaced_by=None)
    if plan.price_minor != bought.price_minor:
        _reprice(row, plan, actor=events.SYSTEM, now=now)


def _reprice(row: Subscription, plan: Plan, *, actor: str, now: dt.datetime) -> None:
    jobs.enqueue(TELL_GATEWAY, {"subscription": row.pk}, now=now)
    events.record(
        REPRICED,
        subject=f"room:{row.room.code}",
        actor=actor,
        now=now,
        data={
            "room": row.room.code,
            "buyer": row.room.owner_id,
            "amount_minor": plan.price_minor,
            "currency": plan.currency,
        },
    )


@jobs.handles(TELL_GATEWAY)
def tell_gateway(payload: dict[str, Any], now: dt.datetime) -> None:
    """Tell the gateway the price that the plan has now; again later while it does not answer."""
    row = Subscription.objects.select_related("room__entitlement__plan").get(
        pk=payload["subscription"]
    )
    if row.stopped_at is not None or row.ended_at is not None:
        return
    plan = Plan.objects.get(code=row.room.entitlement.plan.code, replaced_by=None)
    # A refusal: it has ended over there by itself.
    with gateway_by_job() as service, suppress(GatewayRefusal):
        service.change_price(
            row.gateway_key, plan.price_minor, plan.currency, months=plan.period_months
        )
