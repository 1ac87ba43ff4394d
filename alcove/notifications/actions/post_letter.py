"""Handing a letter over: from now on it is not lost."""

import datetime as dt

from django.db import transaction

from alcove.core import jobs
from alcove.notifications.carriers import carrier_of
from alcove.notifications.models import Delivery

SEND = "notifications.send"
# What a new row takes over from the letter as it was written.
_WRITTEN = (
    "address", "kind", "state", "subject", "text", "path", "html", "calendar", "calendar_method",
    "created_at", "not_before", "useful_until",
)  # fmt: skip


@transaction.atomic
def post_letter(letter: Delivery, *, now: dt.datetime) -> bool:
    """Store the unsaved letter and have it sent; False where its reader has it already.

    Row and job come into being in one transaction, the caller's where there is one. Where the
    practice has not set its channel up, the letter is kept for the outbox.
    """
    carrier = carrier_of(letter.channel)
    is_carried = carrier is not None and carrier.works()
    letter.state = Delivery.State.WAITING if is_carried else Delivery.State.KEPT
    letter.created_at = now
    if letter.event is None:
        letter.save(force_insert=True)
    else:
        whose = {"person": letter.person} if letter.person else {"address": letter.address}
        stored, created = Delivery.objects.get_or_create(
            event=letter.event,
            channel=letter.channel,
            **whose,
            defaults={name: getattr(letter, name) for name in _WRITTEN},
        )
        if not created:
            return False
        letter.pk = stored.pk
    if letter.state == Delivery.State.WAITING:
        have_sent(letter, now=now)
    return True


def have_sent(letter: Delivery, *, now: dt.datetime) -> None:
    """Put the sending of a waiting letter among the jobs, once; not before it may go out."""
    jobs.enqueue(
        SEND,
        {"delivery": letter.pk},
        now=now,
        run_at=max(now, letter.not_before) if letter.not_before else now,
        unique_key=letter.key,
    )
