"""Handing a letter over: from now on it is not lost."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from alcove.core import jobs
from alcove.notifications.models import Delivery

SEND = "notifications.send"


@transaction.atomic
def post_letter(letter: Delivery, *, now: dt.datetime) -> bool:
    """Store the unsaved letter and have it sent; False where its reader has it already.

    Row and job come into being in one transaction, the caller's where there is one. Without a
    mail server the letter is kept for the outbox.
    """
    letter.state = Delivery.State.WAITING if settings.EMAIL_URL else Delivery.State.KEPT
    letter.created_at = now
    if letter.event is None:
        letter.save(force_insert=True)
    else:
        stored, created = Delivery.objects.get_or_create(
            event=letter.event,
            person=letter.person,
            channel=letter.channel,
            defaults={
                "address": letter.address,
                "state": letter.state,
                "subject": letter.subject,
                "text": letter.text,
                "html": letter.html,
                "calendar": letter.calendar,
                "calendar_method": letter.calendar_method,
                "created_at": now,
            },
        )
        if not created:
            return False
        letter.pk = stored.pk
    if letter.state == Delivery.State.WAITING:
        have_sent(letter, now=now)
    return True


def have_sent(letter: Delivery, *, now: dt.datetime) -> None:
    """Put the sending of a waiting letter among the jobs, once."""
    jobs.enqueue(SEND, {"delivery": letter.pk}, now=now, unique_key=letter.key)
