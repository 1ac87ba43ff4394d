"""Forgetting somebody's saved way to pay, here and at the gateway."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django.db import transaction

from alcove.billing.models import SavedMethod, Subscription
from alcove.billing.payments.by_job import gateway_by_job
from alcove.billing.payments.gateway import GatewayRefusal
from alcove.core import events, jobs
from alcove.people.models import Person

FORGET = "billing.forget_method"


@transaction.atomic
def forget_method(*, actor: Person, now: dt.datetime) -> None:
    """Keep the actor's way to pay no longer: fees that were agreed to are asked for, not charged.

    The gateway goes on renewing a plan with it until the plan is stopped. Nothing happens where
    nothing is kept.
    """
    method = SavedMethod.objects.select_for_update().filter(person=actor).first()
    if method is None:
        return
    method.delete()
    if not renewed_plans(actor):
        jobs.enqueue(FORGET, {"method": method.method_key}, now=now)
    events.record("method.forgotten", subject=actor.key, actor=actor.key, now=now, data={})


def renewed_plans(person: Person) -> bool:
    """Whether a plan that this person pays for is renewed by itself."""
    going = Subscription.objects.filter(purchase__buyer=person, ended_at=None, stopped_at=None)
    return going.exists()


@jobs.handles(FORGET)
def tell_gateway(payload: dict[str, Any], now: dt.datetime) -> None:
    """Have the gateway forget it; again later while it does not answer."""
    # A refusal: it is not kept over there any more.
    with gateway_by_job() as service, suppress(GatewayRefusal):
        service.forget_method(payload["method"])
