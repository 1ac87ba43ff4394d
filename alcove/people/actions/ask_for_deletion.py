"""A person's wish that what is held about them be deleted: made, taken back, declined."""

import datetime as dt

from django.db import IntegrityError, transaction

from alcove.core import events
from alcove.core.errors import NotFound
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.errors import DeletionAsked
from alcove.people.models import DeletionRequest, Person


@transaction.atomic
def ask_for_deletion(*, actor: Person, words: str, now: dt.datetime) -> DeletionRequest:
    """Ask for the actor's own data to be deleted; admins decide. Raises DeletionAsked."""
    try:
        with transaction.atomic():
            request = DeletionRequest.objects.create(person=actor, words=words, asked_at=now)
    except IntegrityError as error:
        raise DeletionAsked from error
    events.record("deletion.asked", subject=actor.key, actor=actor.key, now=now)
    return request


@transaction.atomic
def take_deletion_back(*, actor: Person, now: dt.datetime) -> None:
    """Take the actor's own open request back; NotFound where there is none."""
    if not DeletionRequest.objects.filter(person=actor, closed_at=None).update(
        closed_at=now, outcome=DeletionRequest.Outcome.TAKEN_BACK
    ):
        raise NotFound
    events.record("deletion.taken_back", subject=actor.key, actor=actor.key, now=now)


@transaction.atomic
def decline_deletion(*, actor: Person, person: Person, answer: str, now: dt.datetime) -> None:
    """Say no to an open request; its person is told that there is an answer. NotFound without one."""
    require_admin(actor)
    if not DeletionRequest.objects.filter(person=person, closed_at=None).update(
        closed_at=now,
        closed_by=actor,
        outcome=DeletionRequest.Outcome.DECLINED,
        answer=answer,
    ):
        raise NotFound
    events.record("deletion.declined", subject=person.key, actor=actor.key, now=now)
    record_act(
        actor=actor, act="person.deletion_declined", subject=person.key, reason=answer, now=now
    )
