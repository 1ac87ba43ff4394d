"""Answering what somebody asked, or closing it."""

import datetime as dt

from django.db import transaction

from alcove.core import events
from alcove.core.errors import NotFound
from alcove.people.access import require_staff
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person
from alcove.support.errors import AlreadySettled
from alcove.support.models import SupportRequest

State = SupportRequest.State


@transaction.atomic
def answer_request(*, actor: Person, code: str, answer: str, now: dt.datetime) -> SupportRequest:
    """Answer an open request; the asker is told by mail. Raises NotFound or AlreadySettled."""
    asked = _settle(actor, code, State.ANSWERED, answer, now)
    events.record(
        "support.answered", subject=asked.key, actor=actor.key, data={"code": code}, now=now
    )
    record_act(actor=actor, act="support.answered", subject=asked.key, now=now)
    return asked


@transaction.atomic
def close_request(*, actor: Person, code: str, now: dt.datetime) -> SupportRequest:
    """Close an open request without an answer. Raises NotFound or AlreadySettled."""
    asked = _settle(actor, code, State.CLOSED, "", now)
    record_act(actor=actor, act="support.closed", subject=asked.key, now=now)
    return asked


def _settle(actor: Person, code: str, to: str, answer: str, now: dt.datetime) -> SupportRequest:
    require_staff(actor)
    found = SupportRequest.objects.filter(code=code)
    # A conditional update: of two colleagues one is told that the other was first.
    settled = found.filter(state=State.OPEN).update(
        state=to, answer=answer, settled_by=actor, settled_at=now
    )
    asked = found.first()
    if asked is None:
        raise NotFound
    if not settled:
        raise AlreadySettled
    return asked
