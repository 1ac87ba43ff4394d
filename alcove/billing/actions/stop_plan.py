"""Stopping a subscription: what is paid stays, nothing more is charged."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django.db import transaction

from alcove.billing.errors import NothingToBuy
from alcove.billing.models import Entitlement, Subscription
from alcove.billing.payments.by_job import gateway_by_job
from alcove.billing.payments.gateway import GatewayRefusal
from alcove.billing.periods import end_of_paid
from alcove.core import events, jobs
from alcove.core.errors import NotFound
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room

TELL_GATEWAY = "billing.stop_subscription"


@transaction.atomic
def stop_plan(*, actor: Person, room: Room, now: dt.datetime) -> None:
    """Let the room's plan end with the period that is paid. Raises NotFound or NothingToBuy."""
    if room.owner_id != actor.pk:
        raise NotFound
    if not stop_renewing(actor=actor, room=room, now=now):
        raise NothingToBuy


def stop_renewing(*, actor: Person | None, room: Room, now: dt.datetime) -> bool:
    """Have nothing more charged for the room's plan; False where nothing is. Needs a transaction.

    Whether the actor may is for the caller: the owner, or the practice that closes the room; None
    is the practice by its file.
    """
    going = Subscription.objects.filter(room=room, ended_at=None, stopped_at=None)
    row = going.first()
    if row is None or not going.update(stopped_at=now):
        return False
    covered = Entitlement.objects.select_for_update().filter(room=room).first()
    is_unpaid = covered is not None and covered.state == Entitlement.State.UNPAID
    jobs.enqueue(TELL_GATEWAY, {"subscription": row.pk, "is_unpaid": is_unpaid}, now=now)
    if covered is not None and covered.paid_until is not None:
        # Nothing is waited for any more: from then on another plan can be chosen.
        covered.ends_on = end_of_paid(
            covered.paid_until,
            covered.starts_on,
            grace=dt.timedelta(),
            zone=Practice.load().zone,
        )
        covered.save(update_fields=["ends_on"])
    events.record(
        "plan.stopped",
        subject=f"room:{room.code}",
        actor=actor.key if actor else events.SYSTEM,
        now=now,
        data={"room": room.code, "buyer": room.owner_id},
    )
    return True


@jobs.handles(TELL_GATEWAY)
def tell_gateway(payload: dict[str, Any], now: dt.datetime) -> None:
    """Tell the gateway; again later while it does not answer, for the client was promised.

    Of one that has ended for us, or whose last payment had failed, nothing is collected any more.
    """
    row = Subscription.objects.get(pk=payload["subscription"])
    at_once = row.ended_at is not None or payload.get("is_unpaid", False)
    # A refusal: it has ended over there by itself.
    with gateway_by_job() as service, suppress(GatewayRefusal):
        service.stop_subscription(row.gateway_key, at_once=at_once)
