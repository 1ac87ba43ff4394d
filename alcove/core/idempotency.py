"""Repeating a request with the same key gives the same answer and no second effect."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from alcove.core import jobs
from alcove.core.models import IdempotencyKey

KEPT_FOR = dt.timedelta(days=3)


def once(owner: str, key: str, act: Callable[[], str], *, now: dt.datetime) -> str:
    """Run ``act`` once for (owner, key) and return its answer; later calls return that answer.

    The key is written in the same transaction as the effect: both stay or neither. A second
    request that arrives while the first still runs waits for it at the unique index. An ``act``
    that raises leaves no key, so the person may mend the input and send the form again.
    """
    if not key:
        with transaction.atomic():
            return act()
    # Of one length and without odd characters, whatever a browser sends; never cut short, for two
    # long keys that begin alike are two keys.
    digest = hashlib.sha256(key.encode(errors="replace")).hexdigest()
    try:
        with transaction.atomic():
            row = _claim_key(owner, digest, now)
            row.answer = act()
            row.save(update_fields=["answer"])
            return row.answer
    except _KeyTaken:
        return IdempotencyKey.objects.get(owner=owner, key=digest).answer


class _KeyTaken(Exception):
    """The key was used before."""


def _claim_key(owner: str, key: str, now: dt.datetime) -> IdempotencyKey:
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(owner=owner, key=key, created_at=now)
    except IntegrityError as error:
        raise _KeyTaken from error


@jobs.every(dt.timedelta(hours=6), "core.forget_idempotency_keys")
def forget_old_keys(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Delete keys that no browser will repeat any more."""
    IdempotencyKey.objects.filter(created_at__lt=now - KEPT_FOR).delete()
