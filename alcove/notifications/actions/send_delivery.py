"""Sending one message: once, except one further copy where the other side's answer was lost."""

import datetime as dt
from typing import Any

from django.db.models import F

from alcove.core import jobs
from alcove.notifications.actions.post_letter import SEND
from alcove.notifications.carriers import Refused, TemporaryTrouble, carrier_of
from alcove.notifications.models import Delivery
from alcove.notifications.use import is_useful

# Longer than a whole conversation in which each step waits for its timeout.
LEASE = dt.timedelta(minutes=5)
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
# How long temporary trouble is borne. A sign-in code is of no use after minutes.
PATIENCE = dt.timedelta(days=3)
PATIENCE_FOR_SIGN_IN = dt.timedelta(minutes=15)


@jobs.handles(SEND)
def send(payload: dict[str, Any], now: dt.datetime) -> None:
    """The job: send the letter, or come again later."""
    send_delivery(delivery_id=payload["delivery"], now=now)


def send_delivery(*, delivery_id: int, now: dt.datetime) -> None:
    """Send a waiting message by its channel and mark it sent; do nothing when it is not waiting.

    One that has become useless is dropped. A refusal marks it failed with the reason. Temporary
    trouble raises ``jobs.Postpone`` with a growing pause, for three days. No transaction is open
    while the other side is spoken to.
    """
    letter = _take(delivery_id, now)
    if letter is None:
        return
    if not is_useful(letter, now):
        _settle(letter, state=Delivery.State.DROPPED)
        return
    carrier = carrier_of(letter.channel)
    if carrier is None or not carrier.works():
        _settle(letter, state=Delivery.State.KEPT)
        return
    try:
        carrier.send(letter)
    except Refused as refusal:
        _settle(letter, state=Delivery.State.FAILED, last_error=str(refusal))
    except TemporaryTrouble as trouble:
        _wait_or_give_up(letter, trouble, now)
    else:
        # A key is not kept any longer than it is needed.
        secret = {"text": "", "html": ""} if letter.holds_a_key else {}
        _settle(letter, state=Delivery.State.SENT, sent_at=now, last_error="", **secret)


def _take(delivery_id: int, now: dt.datetime) -> Delivery | None:
    """Lease the letter; None when it is settled. Postpones while another sender has it."""
    waiting = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING)
    held = waiting.filter(not_before__gt=now).values_list("not_before", flat=True).first()
    if held is not None:
        # The clock has gone back since it was put among the jobs.
        raise jobs.Postpone(held - now, "quiet hours")
    if waiting.filter(jobs.is_free(now, LEASE)).update(
        leased_until=now + LEASE, attempts=F("attempts") + 1
    ):
        return Delivery.objects.get(pk=delivery_id)
    if waiting.exists():
        raise jobs.Postpone(LEASE, "another sender has it")
    return None


def _settle(letter: Delivery, **fields: Any) -> None:
    """Write the outcome and end the lease, unless a later attempt has taken over."""
    mine = Delivery.objects.filter(pk=letter.pk, attempts=letter.attempts)
    mine.update(leased_until=None, **fields)


def _wait_or_give_up(letter: Delivery, trouble: TemporaryTrouble, now: dt.datetime) -> None:
    patience = PATIENCE if letter.event_id else PATIENCE_FOR_SIGN_IN
    give_up_at = letter.give_up_at or now + patience
    if now >= give_up_at:
        _settle(letter, state=Delivery.State.FAILED, last_error=str(trouble))
        return
    _settle(letter, last_error=str(trouble), give_up_at=give_up_at)
    pause = min(FIRST_PAUSE * 2 ** min(letter.attempts - 1, 10), LONGEST_PAUSE)
    raise jobs.Postpone(pause, str(trouble))
