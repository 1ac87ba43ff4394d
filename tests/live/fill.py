"""Fills an empty database with sessions that can be joined now.

    python -m tests.live.fill [NAME …]

sets the database up first and prints the meetings as JSON: all of them, or those that are named.
"""

import datetime as dt
import os
import sys
from collections.abc import Collection

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
django.setup()

# Their models need the set-up above.
from alcove.availability.models import AvailabilityRule, ProviderCalendar  # noqa: E402
from alcove.billing.models import Plan  # noqa: E402
from alcove.booking.actions.confirm import confirm_appointment  # noqa: E402
from alcove.booking.models import Appointment, CancellationReason  # noqa: E402
from alcove.commands.setup import collect_static, migrate  # noqa: E402
from alcove.core import clock, jobs  # noqa: E402
from alcove.people.actions.trust_address import trust_addresses  # noqa: E402
from alcove.people.models import Person, Practice  # noqa: E402
from alcove.people.sign_in_links import make_link  # noqa: E402
from alcove.rooms.models import Room  # noqa: E402
from tests.cast import OFFERS, book, make_person  # noqa: E402
from tests.e2e.fill import open_room  # noqa: E402
from tests.live.world import SESSIONS, ZONE, Meeting, to_json  # noqa: E402

SIGN_INS = 8
LENGTHS = {"video": 60, "audio": 45, "chat": 30}
STEP = 5


def fill(names: Collection[str]) -> dict[str, Meeting]:
    """Create these sessions and their people, booked two days ago by the product's own actions."""
    now = clock.now()
    opened_at = now - dt.timedelta(days=3)
    starts_at = now.replace(minute=now.minute - now.minute % STEP, second=0, microsecond=0)
    Practice.objects.create(name="Linden Practice", time_zone=ZONE)
    plan = Plan.objects.create(
        code="singly", name="Sessions bought singly", credits_per_period=0, offers=OFFERS
    )
    CancellationReason.objects.create(text_en="I am ill", text_es="Estoy enferma")
    meetings = {}
    for name in names:
        modality, is_couple = SESSIONS[name]
        people = people_of(name, is_couple=is_couple)
        room = open_room(
            people["owner"], people["provider"], plan, opened_at, partner=people.get("partner")
        )
        appointment = booked(room, starts_at, modality)
        meetings[name] = Meeting(
            code=appointment.code,
            room=room.code,
            tokens={
                role: [make_link(person, now=now) for _ in range(SIGN_INS)]
                for role, person in people.items()
            },
            addresses={role: person.email for role, person in people.items()},
        )
    while jobs.run_due():
        pass
    return meetings


def people_of(name: str, *, is_couple: bool) -> dict[str, Person]:
    """A provider who is open always, a client, and a partner for a couple."""
    key = name.replace("_", "-")
    people = {
        "owner": make_person(f"Cora-{key} Client"),
        "provider": make_person(f"Petra-{key} Provider", is_provider=True),
    }
    if is_couple:
        people["partner"] = make_person(f"Paul-{key} Partner")
    trust_addresses(people=people.values())
    calendar = ProviderCalendar.objects.create(
        provider=people["provider"],
        time_zone=ZONE,
        offers=OFFERS,
        step_minutes=STEP,
        minimum_notice_minutes=0,
        horizon_days=14,
    )
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(calendar=calendar, weekday=day, start_minute=0, end_minute=24 * 60)
        for day in range(7)
    )
    return people


def booked(room: Room, starts_at: dt.datetime, modality: str) -> Appointment:
    """A session that its provider confirmed the day before."""
    appointment = book(
        room,
        starts_at,
        modality=modality,
        length=LENGTHS[modality],
        now=starts_at - dt.timedelta(days=2),
    )
    return confirm_appointment(
        actor=room.provider, code=appointment.code, now=starts_at - dt.timedelta(days=1, hours=23)
    )


if __name__ == "__main__":
    migrate()
    collect_static()
    print(to_json(fill(sys.argv[1:] or SESSIONS)))
