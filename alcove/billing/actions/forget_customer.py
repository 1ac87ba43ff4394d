"""Erasing somebody at the gateway, who is being deleted here."""

import datetime as dt
from contextlib import suppress
from typing import Any

from alcove.billing.models import Purchase, SavedMethod
from alcove.billing.payments.by_job import gateway_by_job
from alcove.billing.payments.gateway import Gateway, GatewayRefusal
from alcove.core import jobs
from alcove.people.models import Person

FORGET = "billing.forget_customer"


def forget_customer(person: Person, *, now: dt.datetime) -> None:
    """Have the gateway erase whoever this person is to it; needs a transaction.

    A card that was taken back leaves a customer behind whom only their payments name. Call it while
    the saved way to pay is still there.
    """
    customers = SavedMethod.objects.filter(person=person).values_list("customer_key", flat=True)
    paid = Purchase.objects.filter(buyer=person, way=Purchase.Way.STRIPE).exclude(payment_key="")
    payments = paid.values_list("payment_key", flat=True)
    payload = {"customers": list(customers), "payments": list(payments)}
    if any(payload.values()):
        jobs.enqueue(FORGET, payload, now=now)


@jobs.handles(FORGET)
def tell_gateway(payload: dict[str, Any], now: dt.datetime) -> None:
    """Have the gateway erase them; all of it again later while it does not answer."""
    with gateway_by_job() as service:
        customers = {*payload["customers"], *_payers(service, payload["payments"])}
        for customer in sorted(customers - {""}):
            # A refusal: nobody is known there by this key any more.
            with suppress(GatewayRefusal):
                service.forget_customer(customer)


def _payers(service: Gateway, payments: list[str]) -> set[str]:
    found = set()
    for payment in payments:
        # A refusal: the gateway does not know the payment any more.
        with suppress(GatewayRefusal):
            found.add(service.customer_of(payment))
    return found
