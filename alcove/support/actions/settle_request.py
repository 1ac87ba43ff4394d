"""Answering what somebody asked, as often as it needs; or closing it."""

import datetime as dt

from django.db import transaction

from alcove.core import events
from alcove.core.errors import NotFound
from alcove.people.access import require_staff
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person
from alcove.support.errors import AlreadySettled
from alcove.support.models import FurtherAnswer, SupportRequest

State = SupportRequest.State
UNANSWERED = "open.0"


@transaction.atomic
def answer_request(
    *, actor: Person, code: str, answer: str, now: dt.datetime, version: str = UNANSWERED
) -> SupportRequest:
    """Answer a request, open or not; the asker is told by mail.

    ``version`` is the one that whoever answers has read: AlreadySettled where it is another by now,
    so that nobody answers what a colleague has just answered. Raises NotFound.
    """
    require_staff(actor)
    asked = _held(code)
    if asked.version != version:
        raise AlreadySettled
    data: dict[str, object] = {"code": code}
    if asked.state == State.ANSWERED:
        further = FurtherAnswer.objects.create(
            request=asked, words=answer, answered_by=actor, answered_at=now
        )
        data["further"] = further.pk
    else:
        _settle(asked, State.ANSWERED, answer, actor, now)
    events.record("support.answered", subject=asked.key, actor=actor.key, data=data, now=now)
    record_act(actor=actor, act="support.answered", subject=asked.key, now=now)
    return asked


@transaction.atomic
def close_request(*, actor: Person, code: str, now: dt.datetime) -> SupportRequest:
    """Close an open request without an answer. Raises NotFound or AlreadySettled."""
    require_staff(actor)
    asked = _held(code)
    if asked.state != State.OPEN:
        raise AlreadySettled
    _settle(asked, State.CLOSED, "", actor, now)
    record_act(actor=actor, act="support.closed", subject=asked.key, now=now)
    return asked


def _held(code: str) -> SupportRequest:
    """The request, locked: of two colleagues the second one sees what the first one did."""
    asked = SupportRequest.objects.select_for_update().filter(code=code).first()
    if asked is None:
        raise NotFound
    return asked


def _settle(asked: SupportRequest, to: State, answer: str, actor: Person, now: dt.datetime) -> None:
    asked.state, asked.answer, asked.settled_by, asked.settled_at = to, answer, actor, now
    asked.save(update_fields=["state", "answer", "settled_by", "settled_at"])
