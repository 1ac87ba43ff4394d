"""The practice's list of reasons (R12): added to, put into other words, ordered, retired.

A reason that somebody chose stays what they chose: other words are another reason.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Max

from alcove.booking.errors import ReasonListed
from alcove.booking.models import CancellationReason, Ending
from alcove.core.errors import NotFound
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person


@transaction.atomic
def add_reason(*, actor: Person, en: str, es: str, now: dt.datetime) -> CancellationReason:
    """Put a reason at the end of the list; raises NotFound or ReasonListed."""
    require_admin(actor)
    last = CancellationReason.objects.aggregate(last=Max("position"))["last"]
    reason = _create(en, es, position=0 if last is None else last + 1)
    _record("added", reason, actor, now)
    return reason


@transaction.atomic
def rename_reason(
    *, actor: Person, pk: int, en: str, es: str, now: dt.datetime
) -> CancellationReason:
    """Give a reason other words; where it was chosen before, a new one takes its place.

    Raises NotFound or ReasonListed.
    """
    reason = _open(actor, pk)
    if (reason.text_en, reason.text_es) == (en, es):
        return reason
    if Ending.objects.filter(reason=reason).exists():
        reason.retired_at = now
        reason.save(update_fields=["retired_at"])
        reason = _create(en, es, position=reason.position)
    else:
        reason.text_en, reason.text_es = en, es
        try:
            with transaction.atomic():
                reason.save(update_fields=["text_en", "text_es"])
        except IntegrityError as error:
            raise ReasonListed from error
    _record("renamed", reason, actor, now)
    return reason


@transaction.atomic
def retire_reason(*, actor: Person, pk: int, now: dt.datetime) -> None:
    """Offer a reason no more; sessions that were cancelled for it keep it. Raises NotFound."""
    reason = _open(actor, pk)
    reason.retired_at = now
    reason.save(update_fields=["retired_at"])
    _record("retired", reason, actor, now)


@transaction.atomic
def bring_back_reason(*, actor: Person, pk: int, now: dt.datetime) -> None:
    """Offer a retired reason again; raises NotFound or ReasonListed."""
    require_admin(actor)
    reason = CancellationReason.objects.filter(pk=pk).exclude(retired_at=None).first()
    if reason is None:
        raise NotFound
    reason.retired_at = None
    try:
        with transaction.atomic():
            reason.save(update_fields=["retired_at"])
    except IntegrityError as error:
        raise ReasonListed from error
    _record("brought_back", reason, actor, now)


@transaction.atomic
def raise_reason(*, actor: Person, pk: int, now: dt.datetime) -> None:
    """Change places with the reason above; the first one stays. Raises NotFound."""
    reason = _open(actor, pk)
    listed = list(CancellationReason.objects.filter(retired_at=None).select_for_update())
    place = listed.index(reason)
    if place:
        listed[place - 1], listed[place] = listed[place], listed[place - 1]
    for position, one in enumerate(listed):
        one.position = position
    CancellationReason.objects.bulk_update(listed, ["position"])
    _record("raised", reason, actor, now)


def _open(actor: Person, pk: int) -> CancellationReason:
    require_admin(actor)
    reason = CancellationReason.objects.select_for_update().filter(pk=pk, retired_at=None).first()
    if reason is None:
        raise NotFound
    return reason


def _create(en: str, es: str, *, position: int) -> CancellationReason:
    try:
        with transaction.atomic():
            return CancellationReason.objects.create(text_en=en, text_es=es, position=position)
    except IntegrityError as error:
        raise ReasonListed from error


def _record(act: str, reason: CancellationReason, actor: Person, now: dt.datetime) -> None:
    record_act(
        actor=actor,
        act=f"reason.{act}",
        subject=f"reason:{reason.pk}",
        now=now,
        data={"en": reason.text_en, "es": reason.text_es},
    )
