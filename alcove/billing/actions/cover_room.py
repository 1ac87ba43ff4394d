"""The plan of a room, as an admin sets it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from alcove.billing.actions.grant_credits import grant_credits
from alcove.billing.actions.stop_plan import stop_renewing
from alcove.billing.errors import CoverageEndsBefore
from alcove.billing.models import Entitlement, Plan, Subscription
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person, Practice
from alcove.rooms.membership import lock_room
from alcove.rooms.models import Room


@transaction.atomic
def cover_room(
    *,
    actor: Person,
    room: Room,
    plan: Plan,
    state: str,
    starts_on: dt.date,
    ends_on: dt.date | None,
    now: dt.datetime,
) -> Entitlement:
    """Give a room this coverage, with the credits of the present period at once.

    Dates are of the practice's zone; ``ends_on`` is the first one that is not covered. Credits that
    were given stay. Another plan than the one that its client renews by card stops that renewal.
    Raises NotFound, CoverageEndsBefore, and ValidationError for an unknown state.
    """
    require_admin(actor)
    lock_room(room.pk)
    if ends_on is not None and ends_on <= starts_on:
        raise CoverageEndsBefore
    if state not in Entitlement.State.values:
        raise ValidationError({"state": "unknown"})
    row = Entitlement.objects.filter(room=room).select_related("plan").first() or Entitlement(
        room=room
    )
    if row._state.adding or row.plan.code != plan.code:  # noqa: SLF001 - Django documents it
        # Of the plan that it has the room keeps its version until the next period.
        row.plan = plan
        # What was renewed by card was the other plan.
        stop_renewing(actor=actor, room=room, now=now)
    row.state, row.starts_on, row.ends_on = state, starts_on, ends_on
    if not Subscription.objects.filter(room=room, ended_at=None, stopped_at=None).exists():
        # The practice sees to payment from now on.
        row.paid_until = None
    row.save()
    if state == Entitlement.State.ACTIVE:
        grant_credits(entitlement=row, practice=Practice.load(), now=now)
    record_act(
        actor=actor,
        act="room.covered",
        subject=f"room:{room.code}",
        now=now,
        data={
            "plan": plan.code,
            "state": state,
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat() if ends_on else "",
        },
    )
    return row
