"""Which reminders are due: one statement that looks at sessions as they are now."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Field,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, Greatest
from django.db.models.sql.compiler import SQLCompiler

from alcove.booking.models import Appointment, Status
from alcove.core.models import Event
from alcove.notifications.kinds import LEADS
from alcove.notifications.models import Reminder, default_leads

_MEMBER = "room__memberships"
_PREFERENCES = f"{_MEMBER}__person__notification_preferences"
# The index knows when sessions end, and none lasts longer than this.
_LONGEST_SESSION = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that somebody is to get now."""

    appointment: int
    code: str
    starts_at: dt.datetime
    person: int
    lead_minutes: int


def due_reminders(now: dt.datetime, limit: int) -> list[Due]:
    """Up to ``limit`` reminders whose moment has come and that nobody has made yet.

    Of somebody's leads the nearest counts whose moment has come, so that after a silence of ours
    nobody is reminded twice of one session. Nobody is reminded late: a moment before the session
    was confirmed, its person joined the room or chose that lead leaves nothing.
    """
    made = Reminder.objects.filter(
        appointment=OuterRef("pk"),
        starts_at=OuterRef("starts_at"),
        person=OuterRef("member"),
        lead_minutes=OuterRef("lead"),
    )
    rows = (
        _coming(now)
        .annotate(
            member=F(f"{_MEMBER}__person"),
            lead=_by_nearest_lead(now, Value, IntegerField()),
            moment=_by_nearest_lead(now, _before_start, DateTimeField()),
            known_at=_known_at(),
        )
        # NULL where no moment has come.
        .filter(known_at__lte=F("moment"))
        .filter(~Exists(made))
        .order_by("starts_at", "pk", "member")
        .values_list("pk", "code", "starts_at", "member", "lead")
    )
    return [Due(*row) for row in rows[:limit]]


def _coming(now: dt.datetime) -> QuerySet[Appointment]:
    """A row for each member of each confirmed session that may be near enough."""
    until = now + dt.timedelta(minutes=max(LEADS))
    members = {f"{_MEMBER}__person__is_active": True}
    return Appointment.objects.filter(
        status=Status.CONFIRMED,
        ends_at__gt=now,
        ends_at__lte=until + _LONGEST_SESSION,
        starts_at__gt=now,
        starts_at__lte=until,
        **members,
    )


def _by_nearest_lead(
    now: dt.datetime, then: Callable[[int], Combinable], field: "Field[Any, Any]"
) -> Case:
    """Something by the shortest of the person's leads whose moment has come; NULL for none."""
    return Case(
        *(
            When(
                Q(starts_at__lte=now + dt.timedelta(minutes=minutes)) & _wants(minutes),
                then=then(minutes),
            )
            for minutes in sorted(LEADS)
        ),
        output_field=field,
    )


def _before_start(minutes: int) -> Combinable:
    return ExpressionWrapper(F("starts_at") - Value(dt.timedelta(minutes=minutes)), DateTimeField())


def _wants(minutes: int) -> Q:
    wanted = Q(_Holds(F(f"{_PREFERENCES}__lead_minutes"), minutes=minutes))
    if minutes in default_leads():
        wanted |= Q(**{f"{_PREFERENCES}__person": None})
    return wanted


def _known_at() -> Greatest:
    """Since when it holds that this person has this session at this start, and these leads."""
    confirmed = Event.objects.filter(
        subject=Concat(Value("appointment:"), OuterRef("code")), kind="appointment.confirmed"
    )
    latest = Subquery(confirmed.order_by("-id").values("happened_at")[:1])
    joined_at = F(f"{_MEMBER}__joined_at")
    # Without NULLs: the two databases take the greatest of them differently.
    return Greatest(
        Coalesce(latest, F("booked_at")),
        joined_at,
        Coalesce(F(f"{_PREFERENCES}__leads_chosen_at"), joined_at),
    )


class _Holds(Func):
    """Whether a JSON list holds a whole number; Django has no lookup that both databases know."""

    output_field = BooleanField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        template = "EXISTS (SELECT 1 FROM JSON_EACH(%(expressions)s) WHERE value = %(minutes)d)"
        return super().as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        template = "(%(expressions)s @> '%(minutes)d')"
        return super().as_sql(compiler, connection, template=template, **context)
