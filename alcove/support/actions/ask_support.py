"""Asking the practice for help."""

import datetime as dt

from django.db import transaction

from alcove.core import events
from alcove.people.models import Person
from alcove.support.context import about_of, page_of
from alcove.support.errors import TooManyOpenRequests
from alcove.support.models import SupportRequest

MOST_OPEN = 10


@transaction.atomic
def ask_support(
    *, actor: Person | None, address: str, words: str, page: str, now: dt.datetime
) -> SupportRequest:
    """Ask, with the page that it is about; the answer comes by mail.

    ``actor`` is None for somebody who is not signed in, whose ``address`` the answer goes to; a
    person's own address is taken otherwise. Raises TooManyOpenRequests.
    """
    to = actor.email if actor else address.strip().lower()
    # By who asked, not by the address alone: nobody uses up what another person may ask.
    waiting = SupportRequest.objects.filter(
        asked_by=actor, address=to, state=SupportRequest.State.OPEN
    )
    if waiting.count() >= MOST_OPEN:
        raise TooManyOpenRequests
    path = page_of(page)
    asked = SupportRequest.objects.create(
        asked_by=actor,
        address=to,
        words=words,
        page=path,
        about=about_of(path, actor) if actor else "",
        asked_at=now,
    )
    actor_key = actor.key if actor else "nobody"
    events.record("support.asked", subject=asked.key, actor=actor_key, now=now)
    return asked
