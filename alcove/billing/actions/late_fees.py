"""Late fees: agreed to when booking, due by a late change, charged, paid by hand or waived (R13)."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.billing.actions.settle_purchase import settle_purchase
from alcove.billing.errors import AlreadySettled, ReasonMissing
from alcove.billing.models import FeeConsent, LateFee, Purchase, SavedMethod
from alcove.billing.payments import gateway
from alcove.billing.payments.gateway import GatewayRefusal, GatewayTrouble, Method
from alcove.core import events, jobs
from alcove.core.errors import NotFound
from alcove.people.access import require_admin
from alcove.people.models import Person
from alcove.rooms.access import require_not_its_client
from alcove.rooms.models import Room

CHARGE = "billing.charge_fee"
TAKE = "billing.take_charge"
# Why nothing was charged: the way to pay that was agreed to is not saved any more.
GONE = "method_gone"
DECLINED, WAIVED = "fee.declined", "fee.waived"


def consent_to_fee(
    *, person: Person, key: str, amount_minor: int, currency: str, now: dt.datetime
) -> None:
    """Keep that somebody agreed, when booking ``key``, to have its late fee charged.

    Nothing is kept where no way to pay is saved: then the fee is asked for when it is due.
    """
    method = chargeable_method(person)
    if method is None:
        return
    FeeConsent.objects.create(
        key=key,
        person=person,
        method_label=method.label,
        amount_minor=amount_minor,
        currency=currency,
        agreed_at=now,
    )


def chargeable_method(person: Person) -> SavedMethod | None:
    """The saved way to pay that a late fee would be charged to; None where there is none."""
    return SavedMethod.objects.filter(person=person).first() if gateway() else None


def agreed_method(key: str) -> SavedMethod | None:
    """The saved way to pay that a fee of what was booked under ``key`` is charged to.

    None: nobody agreed, or another is saved by now; the fee is asked for.
    """
    consent = FeeConsent.objects.select_related("person").filter(key=key).first()
    return _method_by(consent) if consent is not None else None


def _method_by(consent: FeeConsent) -> SavedMethod | None:
    method = chargeable_method(consent.person)
    # Nobody agreed to have another card charged.
    return method if method is not None and method.label == consent.method_label else None


def make_fee_due(
    *,
    room: Room,
    amount_minor: int,
    currency: str,
    cause: str,
    consent_key: str,
    now: dt.datetime,
) -> LateFee:
    """Make a fee due in the caller's transaction; one that was agreed to is charged by a job."""
    fee = LateFee.objects.create(
        room=room, amount_minor=amount_minor, currency=currency, cause=cause, due_at=now
    )
    has_consent = FeeConsent.objects.filter(key=consent_key).exists()
    if has_consent and gateway() is not None:
        jobs.enqueue(CHARGE, {"fee": fee.pk, "consent": consent_key}, now=now)
    return fee


@jobs.handles(CHARGE)
@transaction.atomic
def charge_fee(payload: dict[str, Any], now: dt.datetime) -> None:
    """Have the fee charged, once, to the way to pay that was agreed to.

    What is charged is written before the gateway is asked: should the answer get lost, it is
    looked for, whatever becomes of the fee or of the saved card meanwhile.
    """
    fees = LateFee.objects.select_for_update(of=("self",)).select_related("room")
    fee = fees.get(pk=payload["fee"])
    consent = FeeConsent.objects.select_related("person").get(key=payload["consent"])
    is_begun = Purchase.objects.filter(fee=fee, for_key=CHARGE).exists()
    if fee.state != LateFee.State.DUE or is_begun or gateway() is None:
        return
    method = _method_by(consent)
    if method is None:
        _declined(fee, consent.person, GONE, now)
        return
    purchase = Purchase.objects.create(
        room=fee.room,
        buyer=consent.person,
        item=Purchase.Item.FEE,
        fee=fee,
        amount_minor=fee.amount_minor,
        currency=fee.currency,
        way=Purchase.Way.STRIPE,
        state=Purchase.State.CLOSED,
        for_key=CHARGE,
        opened_at=now,
    )
    keys = {"customer": method.customer_key, "method": method.method_key}
    jobs.enqueue(TAKE, {"purchase": purchase.pk, **keys}, now=now)


@jobs.handles(TAKE)
def take_charge(payload: dict[str, Any], now: dt.datetime) -> None:
    """Ask the gateway for the charge; again later while it does not answer."""
    rows = Purchase.objects.select_related("fee", "room", "buyer")
    purchase = rows.get(pk=payload["purchase"])
    service, fee = gateway(), purchase.fee
    if purchase.state == Purchase.State.PAID or fee is None:
        return
    if service is None:
        raise jobs.Postpone(dt.timedelta(hours=1), "no payment service is set up")
    method = Method(payload["customer"], payload["method"], "")
    try:
        # Asked before, and the answer was lost: it may have been charged all the same.
        payment = purchase.open_until and service.find_charge(method, key=purchase.code)
        if not payment:
            if fee.state != LateFee.State.DUE:
                return
            Purchase.objects.filter(pk=purchase.pk).update(open_until=now)
            payment = service.charge(
                method, fee.amount_minor, fee.currency, title="Late fee", key=purchase.code
            )
    except GatewayRefusal as error:
        _declined(fee, purchase.buyer, error.reason, now)
    except GatewayTrouble as error:
        raise jobs.Postpone(dt.timedelta(minutes=5), str(error)) from error
    else:
        # Where the fee was settled meanwhile, the money goes back.
        settle_purchase(purchase=purchase, payment_key=payment, actor=None, now=now)


@transaction.atomic
def _declined(fee: LateFee, payer: Person, reason: str, now: dt.datetime) -> None:
    due = LateFee.objects.filter(pk=fee.pk, state=LateFee.State.DUE, declined="")
    if due.update(declined=reason[:60]):
        events.record(
            DECLINED,
            subject=f"room:{fee.room.code}",
            actor=events.SYSTEM,
            now=now,
            data={
                "room": fee.room.code,
                "buyer": payer.pk,
                "amount_minor": fee.amount_minor,
                "currency": fee.currency,
            },
        )


@transaction.atomic
def waive_fee(*, actor: Person, fee: int, reason: str, now: dt.datetime) -> None:
    """Let a client off a fee that is due, as an admin and with a reason (R18).

    Raises NotFound, OwnRoom, ReasonMissing or AlreadySettled.
    """
    require_admin(actor)
    if not reason.strip():
        raise ReasonMissing
    row = LateFee.objects.select_related("room").filter(pk=fee).first()
    if row is None:
        raise NotFound
    require_not_its_client(actor, row.room)
    due = LateFee.objects.filter(pk=fee, state=LateFee.State.DUE)
    if not due.update(state=LateFee.State.WAIVED, settled_at=now):
        raise AlreadySettled
    events.record(
        WAIVED,
        subject=f"room:{row.room.code}",
        actor=actor.key,
        now=now,
        data={"room": row.room.code, "reason": reason.strip()[:200]},
    )
