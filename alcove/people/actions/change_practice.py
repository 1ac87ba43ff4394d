"""The practice's own settings."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.core import events
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.colours import require_readable
from alcove.people.crisis import keep
from alcove.people.errors import ReminderTooLate
from alcove.people.models import Person, Practice

CHANGED = "practice.changed"


@transaction.atomic
def change_practice(*, actor: Person, now: dt.datetime, **changes: Any) -> Practice:
    """Set these fields of the practice; what is booked keeps the terms that it was booked on.

    NotFound for everybody but admins, ReminderTooLate, AccentUnreadable, and ValidationError for values out of
    their range.
    """
    require_admin(actor)
    # Two admins at once: the second one changes what the first one left.
    practice = Practice.objects.select_for_update().filter(pk=Practice.ONLY).first() or Practice()
    was = {field: getattr(practice, field) for field in changes}
    changed = {field: value for field, value in changes.items() if was[field] != value}
    for field, value in changed.items():
        setattr(practice, field, value)
    if practice.proposal_remind_hours > practice.proposal_answer_hours:
        raise ReminderTooLate
    if practice.has_accent:
        require_readable(practice.accent_light, practice.accent_dark)
    if changed:
        practice.full_clean()
        practice.save()
        transaction.on_commit(lambda: keep(practice))
        data = {field: [was[field], value] for field, value in changed.items()}
        events.record(CHANGED, subject="practice", actor=actor.key, now=now, data=data)
        record_act(actor=actor, act=CHANGED, subject="practice", now=now, data=data)
    return practice
