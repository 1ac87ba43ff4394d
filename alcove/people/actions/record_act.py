"""Every act of staff on somebody's data is on record, with its reason."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.core import audit
from alcove.people.access import require_staff
from alcove.people.models import Person


@transaction.atomic
def record_act(
    *,
    actor: Person,
    act: str,
    subject: str,
    reason: str = "",
    now: dt.datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Record what staff did to ``subject``, an opaque key; NotFound for everybody else.

    Call it last in the transaction that does it: the log's end is held until that ends. ``data``
    as ``audit.append`` takes it; no words of others belong there.
    """
    require_staff(actor)
    audit.append(actor=actor.key, act=act, subject=subject, reason=reason, data=data, now=now)
