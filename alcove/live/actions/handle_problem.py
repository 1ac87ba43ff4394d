"""Staff who have seen to what was reported from within a session."""

import datetime as dt

from django.db import transaction

from alcove.core.errors import NotFound
from alcove.live.errors import AlreadyHandled
from alcove.live.models import Problem
from alcove.people.access import require_staff
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person


@transaction.atomic
def handle_problem(*, actor: Person, problem: int, now: dt.datetime) -> None:
    """Note that a report needs nobody any more. Raises NotFound or AlreadyHandled."""
    require_staff(actor)
    found = Problem.objects.filter(pk=problem).select_related("session__appointment").first()
    if found is None:
        raise NotFound
    # A conditional update: of two colleagues one is told that the other was first.
    open_one = Problem.objects.filter(pk=problem, handled_at=None)
    if not open_one.update(handled_by=actor, handled_at=now):
        raise AlreadyHandled
    record_act(actor=actor, act="problem.handled", subject=found.session.appointment.key, now=now)
