"""Every look by staff at somebody's data is on record."""

import datetime as dt

from django.db import transaction

from alcove.core import audit
from alcove.people.access import require_staff
from alcove.people.models import Person


@transaction.atomic
def record_look(*, actor: Person, subject: str, now: dt.datetime) -> None:
    """Record that staff looked at ``subject``, an opaque key; NotFound for everybody else."""
    require_staff(actor)
    audit.append(actor=actor.key, act=audit.LOOK, subject=subject, now=now)
