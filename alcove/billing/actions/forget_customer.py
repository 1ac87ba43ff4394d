"""Erasing somebody at the gateway, who is being deleted here."""

import datetime as dt
from typing import Any

from alcove.billing.models import Purchase, SavedMethod
from alcove.billing.payments import gateway
from alcove.billing.payments.gateway import Gateway, GatewayRefusal, GatewayTrouble
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
    service = gateway()
    if service is None:
        raise jobs.Postpone(dt.timedelta(hours=1), "no payment service is set up")
    try:
        customers = {*payload["customers"], *_payers(service, payload["payments"])}
        for customer in sorted(customers - {""}):
            _erase(service, customer)
    except GatewayTrouble as error:
        raise jobs.Postpone(dt.timedelta(minutes=10), str(error)) from error


def _payers(service: Gateway, payments: list[str]) -> set[str]:
    found = set()
    for payment in payments:
        try:
            found.add(service.customer_of(payment))
        except GatewayRefusal:
            continue  # the gateway does not know the payment any more
    return found


def _erase(service: Gateway, customer: str) -> None:
    try:
        service.forget_customer(customer)
    except GatewayRefusal:
        return  # nobody is known there by this key any more
