"""Fill an empty database for one measurement; prints what the client needs as JSON.

``python -m bench.seed SCENARIO`` inside the environment (DATABASE_URL, ALCOVE_VAR) of its server.
"""

import datetime as dt
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from alcove.availability.models import AvailabilityRule, ProviderCalendar  # noqa: E402
from alcove.billing import ledger  # noqa: E402
from alcove.billing.models import Entitlement, Plan  # noqa: E402
from alcove.booking.models import Appointment, Status, TimeClaim  # noqa: E402
from alcove.people.models import Person, Practice  # noqa: E402
from alcove.rooms.models import Membership, Room  # noqa: E402

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
OFFERS = {"video": [45]}
LENGTH = dt.timedelta(minutes=45)
PAST = 100_000


def person(name: str, **fields: object) -> Person:
    """Somebody in New York."""
    return Person.objects.create(
        email=f"{name}@example.org",
        name=name.title(),
        time_zone="America/New_York",
        joined_at=NOW,
        **fields,
    )


def provider(name: str, *, opens: int = 9 * 60, closes: int = 17 * 60) -> Person:
    """A provider who works every day and can be booked at short notice."""
    who = person(name, is_provider=True)
    calendar = ProviderCalendar.objects.create(
        provider=who,
        time_zone="America/New_York",
        offers=OFFERS,
        buffer_after_minutes=0,
        minimum_notice_minutes=0,
        horizon_days=365,
    )
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(calendar=calendar, weekday=day, start_minute=opens, end_minute=closes)
        for day in range(7)
    )
    return who


def room(owner: Person, treats: Person, plan: Plan, count: int) -> Room:
    """A covered room with credits."""
    made = Room.objects.create(owner=owner, provider=treats, opened_at=NOW)
    Membership.objects.create(room=made, person=owner, role="owner", joined_at=NOW)
    Membership.objects.create(room=made, person=treats, role="provider", joined_at=NOW)
    Entitlement.objects.create(room=made, plan=plan, starts_on=NOW.date() - dt.timedelta(days=1))
    ledger.grant(made, count, cause=f"bench:{made.code}", expires_at=None, now=NOW)
    return made


def cookie(who: Person) -> str:
    """A signed-in session's key."""
    session = SessionStore()
    session[SESSION_KEY] = str(who.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = who.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def appointment(where: Room, starts_at: dt.datetime, status: str) -> Appointment:
    """A row as the actions leave it."""
    return Appointment(
        room=where,
        provider=where.provider,
        booked_by=where.owner,
        modality="video",
        starts_at=starts_at,
        ends_at=starts_at + LENGTH,
        status=status,
        confirm_by=starts_at,
        late_rule="credit",
        booked_at=NOW,
    )


def coming(where: Room, count: int) -> None:
    """Sessions on the coming days, seven a day, with their claims."""
    first = NOW.replace(hour=14, minute=0, second=0) + dt.timedelta(days=1)
    starts = [first + dt.timedelta(days=i // 7, minutes=60 * (i % 7)) for i in range(count)]
    rows = Appointment.objects.bulk_create(
        [appointment(where, start, Status.CONFIRMED) for start in starts]
    )
    TimeClaim.objects.bulk_create(
        TimeClaim(
            person_id=where.provider_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            appointment=row,
        )
        for row in rows
    )


def past(where: Room, count: int) -> None:
    """Completed sessions, back through the years."""
    Appointment.objects.bulk_create(
        [
            appointment(where, NOW - dt.timedelta(hours=2 + i), Status.COMPLETED)
            for i in range(count)
        ],
        batch_size=2_000,
    )


def slots(*, history: int) -> dict[str, str]:
    """One busy provider: 200 coming bookings, and a history."""
    plan = Plan.objects.create(code="bench", name="Bench", offers=OFFERS)
    treats, owner = provider("petra"), person("cora")
    other = room(person("olga"), treats, plan, 0)
    coming(other, 200)
    past(other, history)
    mine = room(owner, treats, plan, 4)
    reader = person("rita")
    history_room = room(reader, provider("oskar"), plan, 0)
    past(history_room, 200)
    return {
        "room": mine.code,
        "client": cookie(owner),
        "nobody": cookie(person("nora")),
        "reader": cookie(reader),
    }


def booking(*, clients: int) -> dict[str, list[dict[str, str]]]:
    """Each client has a provider of their own, open around the clock, and plenty of credits."""
    plan = Plan.objects.create(code="bench", name="Bench", offers=OFFERS)
    made = []
    for i in range(clients):
        owner = person(f"client{i}")
        where = room(owner, provider(f"provider{i}", opens=0, closes=1440), plan, 30_000)
        made.append({"room": where.code, "client": cookie(owner)})
    return {"clients": made}


SCENARIOS: dict[str, Callable[[], dict[str, Any]]] = {
    "slots": partial(slots, history=0),
    "slots-with-history": partial(slots, history=PAST),
    "booking": partial(booking, clients=8),
}

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        Practice.objects.create(name="Bench", time_zone="America/New_York")
        answer = SCENARIOS[sys.argv[1]]()
    if django.db.connection.vendor == "postgresql":
        with django.db.connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(json.dumps(answer))
