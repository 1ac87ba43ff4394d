"""Buying the credit that a booking needs, while the chosen time stays held (R4)."""

import datetime as dt

from django.db import transaction

from alcove.billing.actions.buy import buy_credits
from alcove.billing.actions.settle_purchase import PAID
from alcove.billing.errors import HasCredit
from alcove.billing.ledger import balance
from alcove.billing.models import Purchase, Refund
from alcove.booking.access import hold_for, require_scheduler
from alcove.booking.actions.request import request_appointment
from alcove.booking.claims import lock_people
from alcove.booking.errors import HoldExpired
from alcove.booking.models import SlotHold, TimeClaim
from alcove.booking.queries import room_terms
from alcove.core import events
from alcove.core.errors import DomainError
from alcove.core.models import Event
from alcove.people.models import Person, Practice

# A payment that came when its time could not be booked any more: the credit stays.
LEFT_CREDIT = "purchase.left_credit"
HOLD = "hold:"


@transaction.atomic
def pay_and_book(*, actor: Person, hold_code: str, now: dt.datetime) -> Purchase:
    """Open the purchase of one credit, and keep the held time for as long as it can be paid.

    Raises NotFound, NotRoomOwner, HoldExpired, RoomNotBookable, HasCredit, NoGateway or
    NothingToBuy.
    """
    lock_people(hold_for(actor, hold_code).room_id)
    # Read behind the lock: another device may have booked or replaced it a moment ago.
    hold = hold_for(actor, hold_code)
    require_scheduler(actor, hold.room)
    if hold.became is not None or hold.moves is not None or not hold.is_good_at(now):
        raise HoldExpired
    room_terms(hold.room, Practice.load(), now).require_bookable()
    if balance(hold.room, now).available:
        raise HasCredit
    purchase = buy_credits(actor=actor, room=hold.room, for_key=f"{HOLD}{hold.code}", now=now)
    if purchase.open_until is not None:
        keep_until(hold, purchase.open_until)
    return purchase


def keep_until(hold: SlotHold, until: dt.datetime) -> None:
    """Keep the held time at least until then."""
    if hold.expires_at < until:
        hold.expires_at = until
        hold.save(update_fields=["expires_at"])
        TimeClaim.objects.filter(hold=hold).update(expires_at=until)


@events.receives(PAID)
def book_what_was_paid(event: Event) -> None:
    """Book the time that was held while it was paid; where that is too late, say so."""
    key = event.data["for_key"]
    if not key.startswith(HOLD):
        return
    if Refund.objects.filter(purchase__code=event.subject.removeprefix("purchase:")).exists():
        # The room was closed meanwhile: no credit is left that a letter could promise.
        return
    buyer = Person.objects.get(pk=event.data["buyer"])
    try:
        request_appointment(actor=buyer, hold_code=key.removeprefix(HOLD), now=event.happened_at)
    except DomainError as error:
        if not Event.objects.filter(kind=LEFT_CREDIT, subject=event.subject).exists():
            events.record(
                LEFT_CREDIT,
                subject=event.subject,
                actor=events.SYSTEM,
                now=event.happened_at,
                data={**event.data, "why": error.code},
            )
