"""Fills an empty database with people to make journeys as, around the real clock.

    python -m tests.e2e.fill

sets the database up first and prints the World as JSON.
"""

import datetime as dt
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
django.setup()

# Their models need the set-up above.
from alcove.availability.models import AvailabilityRule, ProviderCalendar  # noqa: E402
from alcove.billing import ledger  # noqa: E402
from alcove.billing.models import Entitlement, Plan  # noqa: E402
from alcove.booking.actions.offer_times import offer_times  # noqa: E402
from alcove.booking.actions.propose_times import propose_times  # noqa: E402
from alcove.booking.models import CancellationReason  # noqa: E402
from alcove.booking.wishes import PARTS, Wished  # noqa: E402
from alcove.commands.setup import collect_static, migrate  # noqa: E402
from alcove.core import clock, jobs  # noqa: E402
from alcove.people.actions.trust_address import trust_addresses  # noqa: E402
from alcove.people.models import Person, Practice  # noqa: E402
from alcove.people.sign_in_links import make_link  # noqa: E402
from alcove.rooms.models import Membership, Room  # noqa: E402
from tests.cast import (  # noqa: E402
    OFFERS,
    book,
    book_confirmed,
    cancel,
    hold,
    hold_to_move,
    make_person,
)
from tests.e2e.world import BOOKERS, CREDITS, RINGABLE, RINGER, ZONE, World  # noqa: E402

SIGN_INS = 48


def fill() -> World:
    """Create everybody, and sessions in every state for the ones whose pages are looked at."""
    now = clock.now()
    # Everybody has been here for a while, so that there are sessions to look back on.
    opened_at = now - dt.timedelta(days=6)
    Practice.objects.create(name="Linden Practice", time_zone=ZONE)
    # No period: the ledger holds what the journeys do and nothing else.
    plan = Plan.objects.create(
        code="singly", name="Sessions bought singly", credits_per_period=0, offers=OFFERS
    )
    CancellationReason.objects.create(text_en="I am ill", text_es="Estoy enferma")
    provider = make_person("Petra Provider", is_provider=True)
    second = make_person("Oskar Other", is_provider=True)
    for one in (provider, second):
        open_always(one)
    people = {
        "client": make_person("Cora Client"),
        "partner": make_person("Paul Partner"),
        "provider": provider,
        "second": second,
        "staff": make_person("Sam Staff", is_staff=True),
        "admin": make_person("Ada Admin", is_admin=True, is_staff=True),
        "caller": make_person("Carla Caller"),
        "spanish": make_person("Elena Ejemplo", language="es"),
        "spanish_partner": make_person("Pablo Pareja", language="es"),
        "spanish_provider": make_person("Pilar Prado", is_provider=True, language="es"),
        **{key: make_person(name) for key, name in BOOKERS.items()},
        "messenger": make_person("Mona Messenger"),
        "founder": make_person("Fay Founder"),
        "reunited": make_person("Rena Reunited"),
        "back_again": make_person("Bruno Back"),
        "seeker": make_person("Selma Seeker"),
        "co_seeker": make_person("Ciro Seeker"),
        "buyer": make_person("Bianca Buyer"),
        "ringer": make_person(RINGER),
        "ringable": make_person(RINGABLE, is_provider=True),
    }
    trust_addresses(people=people.values())
    client, partner = people["client"], people["partner"]
    rooms = {
        "room": open_room(client, provider, plan, opened_at),
        "second_room": open_room(client, second, plan, opened_at),
        "couples_room": open_room(client, provider, plan, opened_at, partner=partner),
        "spanish": open_room(people["spanish"], provider, plan, opened_at),
        "messages": open_room(people["messenger"], provider, plan, opened_at),
    }
    open_room(people["founder"], second, plan, opened_at)
    rooms["calling"] = open_room(people["caller"], second, plan, opened_at)
    sold = Plan.objects.create(
        code="sold",
        name="Sessions as you need them",
        credits_per_period=0,
        extra_credit_minor=6000,
        price_minor=2000,
        late_rule="fee",
        late_fee_minor=4000,
        offers=OFFERS,
    )
    rooms["buying"] = open_room(people["buyer"], provider, sold, opened_at, count=0)
    rooms["rejoined"] = open_room(
        people["reunited"], second, plan, opened_at, partner=people["back_again"]
    )
    Membership.objects.get(room=rooms["rejoined"], role="partner").delete()
    open_always(people["ringable"])
    open_always(people["spanish_provider"])
    rooms["spanish_couple"] = open_room(
        people["spanish"],
        people["spanish_provider"],
        plan,
        opened_at,
        partner=people["spanish_partner"],
    )
    rooms["ringing"] = open_room(people["ringer"], people["ringable"], plan, opened_at)
    rooms["seeking"] = open_room(
        people["seeker"], people["second"], plan, opened_at, partner=people["co_seeker"]
    )
    for key in BOOKERS:
        rooms[key] = open_room(people[key], provider, plan, opened_at)
        open_room(people[key], second, plan, opened_at)
    sessions, holds = sessions_in_every_state(rooms, opened_at, now)
    exchanges = exchanges_of_both_sides(rooms, now)
    while jobs.run_due():
        pass
    return World(
        tokens={
            key: [make_link(person, now=now) for _number in range(SIGN_INS)]
            for key, person in people.items()
        },
        rooms={key: room.code for key, room in rooms.items()},
        sessions=sessions,
        holds=holds,
        exchanges=exchanges,
    )


def sessions_in_every_state(
    rooms: dict[str, Room], opened_at: dt.datetime, now: dt.datetime
) -> tuple[dict[str, str], dict[str, str]]:
    """The client's sessions, and a time that is kept for a new one and for one to be moved."""
    hour = now.replace(minute=0, second=0, microsecond=0)

    def on(days: int, hours: int) -> dt.datetime:
        return hour + dt.timedelta(days=days, hours=hours)

    room, couples = rooms["room"], rooms["couples_room"]
    sessions = {
        "past": book_confirmed(room, on(-3, 0), now=opened_at),
        "cancelled": cancel(
            book_confirmed(room, on(-1, -1), now=opened_at), now=opened_at + dt.timedelta(days=1)
        ),
        "confirmed": book_confirmed(room, on(5, 0), now=now),
        "requested": book(couples, on(6, 0), modality="audio", now=now),
        "couples": book_confirmed(couples, on(7, 0), now=now),
        "soon": book_confirmed(rooms["second_room"], on(0, 5), now=now),
        "spanish": book_confirmed(rooms["spanish"], on(5, 2), now=now),
        "calling": book_confirmed(rooms["calling"], on(0, 7), now=now),
        "rejoined": book_confirmed(rooms["rejoined"], on(6, 3), now=now),
    }
    holds = {
        "new": hold(rooms["couples_room"], on(8, 0), now=now),
        "move": hold_to_move(sessions["confirmed"], on(9, 0), now=now),
        "spanish": hold(rooms["spanish"], on(8, 2), now=now),
    }
    return (
        {key: session.code for key, session in sessions.items()},
        {key: kept.code for key, kept in holds.items()},
    )


def exchanges_of_both_sides(rooms: dict[str, Room], now: dt.datetime) -> dict[str, str]:
    """Times that couples wish for, and times that a provider offers."""
    session: dict[str, Any] = {"modality": "video", "length_minutes": 45, "now": now}
    wished = (
        Wished(0, PARTS["evening"]),
        Wished((now + dt.timedelta(days=9)).date(), PARTS["morning"]),
    )
    hour = now.replace(minute=0, second=0, microsecond=0)
    starts = [hour + dt.timedelta(days=days, hours=1) for days in (10, 11)]
    exchanges = {}
    for name, key, words in (
        ("wished", "couples_room", "Evenings are best."),
        ("spanish_wished", "spanish_couple", "Mejor por la tarde."),
    ):
        room = rooms[key]
        partner = Membership.objects.get(room=room, role="partner").person
        for actor in (partner, room.owner):
            exchanges[name] = propose_times(
                actor=actor, room_code=room.code, wished=wished, words=words, **session
            ).code
    for name, key in (("offered", "second_room"), ("spanish_offered", "spanish")):
        room = rooms[key]
        exchanges[name] = offer_times(
            actor=room.provider,
            room_code=room.code,
            starts=[start + dt.timedelta(hours=len(exchanges)) for start in starts],
            words="",
            **session,
        ).code
    return exchanges


def open_always(provider: Person) -> None:
    """Every full hour of every day, at once."""
    calendar = ProviderCalendar.objects.create(
        provider=provider,
        time_zone=ZONE,
        headline="Individuals and couples",
        offers=OFFERS,
        step_minutes=60,
        minimum_notice_minutes=0,
        horizon_days=14,
    )
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(calendar=calendar, weekday=day, start_minute=0, end_minute=24 * 60)
        for day in range(7)
    )


def open_room(
    owner: Person,
    provider: Person,
    plan: Plan,
    opened_at: dt.datetime,
    *,
    partner: Person | None = None,
    count: int = CREDITS,
) -> Room:
    """A covered room with its credits, which have no end."""
    room = Room.objects.create(
        kind=Room.Kind.COUPLES if partner else Room.Kind.INDIVIDUAL,
        owner=owner,
        provider=provider,
        opened_at=opened_at,
    )
    roles = [(owner, "owner"), (provider, "provider"), *([(partner, "partner")] if partner else [])]
    Membership.objects.bulk_create(
        Membership(room=room, person=person, role=role, joined_at=opened_at)
        for person, role in roles
    )
    Entitlement.objects.create(room=room, plan=plan, starts_on=opened_at.date())
    if count:
        ledger.grant(room, count, cause=f"grant:{room.code}", expires_at=None, now=opened_at)
    return room


def main() -> None:
    """The command line; see the top of this module."""
    migrate()
    collect_static()
    print(fill().to_json())


if __name__ == "__main__":
    main()
