"""Fills an empty database with two providers and a crowd of clients.

    python -m tests.concurrency.fill

sets the database up first and prints the World as JSON. Everybody is signed in already. The
servers go by the real clock, so the hours lie around it.
"""

import datetime as dt
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
django.setup()

# Their models need the set-up above.
from django.contrib.auth import (  # noqa: E402
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402

from alcove import settings  # noqa: E402
from alcove.availability.models import (  # noqa: E402
    AvailabilityRule,
    DateOverride,
    ProviderCalendar,
)
from alcove.billing import ledger  # noqa: E402
from alcove.billing.models import Entitlement, Plan  # noqa: E402
from alcove.booking.models import CancellationReason  # noqa: E402
from alcove.commands.setup import collect_static, migrate  # noqa: E402
from alcove.core import clock  # noqa: E402
from alcove.people.models import Person, Practice  # noqa: E402
from alcove.rooms.models import Membership, Room  # noqa: E402
from tests.cast import OFFERS, make_person  # noqa: E402
from tests.concurrency.world import (  # noqa: E402
    CLIENTS,
    COUPLES,
    CREDITS,
    HORIZON_DAYS,
    NIGHT_MINUTES,
    PLANS,
    REST_AFTER_MINUTES,
    REST_BEFORE_MINUTES,
    STEP_MINUTES,
    Invited,
    Visitor,
    World,
)
from tests.couples import invited  # noqa: E402


@transaction.atomic
def fill() -> World:
    """Create everybody."""
    Practice.objects.create(name="Linden Practice", time_zone="UTC")
    plan = Plan.objects.create(
        code="many",
        name="Many sessions",
        offers=OFFERS,
        credits_per_period=0,
        extra_credit_minor=6000,
    )
    Plan.objects.create(code="four", name="Four sessions", offers=OFFERS, price_minor=20000)
    providers = [
        make_person(name, zone="UTC", is_provider=True)
        for name in ("Petra Provider", "Oskar Other")
    ]
    for provider in providers:
        open_hours(provider)
    clients = []
    for number in range(CLIENTS):
        client = make_person(f"Cora{number} Client", zone="UTC")
        rooms = [open_room(client, provider, plan, CREDITS) for provider in providers]
        clients.append(signed_in(client, *rooms))
    poor, buyer = (make_person(name, zone="UTC") for name in ("Paula Poor", "Bianca Buyer"))
    return World(
        clients=clients,
        poor=signed_in(
            poor, open_room(poor, providers[0], plan, 1), open_room(poor, providers[1], plan, 2)
        ),
        buyer=signed_in(
            buyer,
            open_room(buyer, providers[0], plan, 0),
            *(open_room(buyer, providers[1], None, 0) for _ in range(PLANS)),
        ),
        provider=signed_in(providers[0]),
        second_provider=signed_in(providers[1]),
        couples=[invited_partner(number, providers, plan) for number in range(COUPLES)],
        reason=CancellationReason.objects.create(text_en="I am ill", text_es="Estoy enferma").pk,
    )


def open_hours(provider: Person) -> None:
    """All of today, tomorrow and the day after, and each night, with rests around each session.

    Few hours keep the pages small: the races are about claims, not about rendering.
    """
    calendar = ProviderCalendar.objects.create(
        provider=provider,
        time_zone="UTC",
        offers=OFFERS,
        step_minutes=STEP_MINUTES,
        minimum_notice_minutes=0,
        buffer_before_minutes=REST_BEFORE_MINUTES,
        buffer_after_minutes=REST_AFTER_MINUTES,
        horizon_days=HORIZON_DAYS,
    )
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(calendar=calendar, weekday=day, start_minute=0, end_minute=NIGHT_MINUTES)
        for day in range(7)
    )
    today = clock.now().date()
    DateOverride.objects.bulk_create(
        DateOverride(
            calendar=calendar,
            date=today + dt.timedelta(days=days),
            start_minute=0,
            end_minute=24 * 60,
        )
        for days in range(3)
    )


def invited_partner(number: int, providers: list[Person], plan: Plan) -> Invited:
    """Owner and partner of a couples room with the provider; the partner's own is with the second."""
    owner, partner = (
        make_person(f"{name}{number} {name}", zone="UTC") for name in ("Olga", "Pavel")
    )
    rooms = [
        open_room(one, provider, plan, CREDITS)
        for one, provider in zip((owner, partner), providers, strict=True)
    ]
    couples = open_room(owner, providers[0], plan, CREDITS, kind="couples")
    _invitation, token = invited(owner, couples, partner.email, now=clock.now())
    return Invited(
        partner=signed_in(partner, rooms[1]),
        owner=signed_in(owner, rooms[0], couples),
        link=f"/rooms/invitations/{token}/",
    )


def open_room(
    owner: Person, provider: Person, plan: Plan | None, count: int, *, kind: str = "individual"
) -> Room:
    """A room, covered where there is a plan, with ``count`` credits, which have no end."""
    now = clock.now()
    room = Room.objects.create(kind=kind, owner=owner, provider=provider, opened_at=now)
    Membership.objects.bulk_create(
        Membership(room=room, person=person, role=role, joined_at=now)
        for person, role in ((owner, "owner"), (provider, "provider"))
    )
    if plan is not None:
        Entitlement.objects.create(room=room, plan=plan, starts_on=now.date())
    if count:
        ledger.grant(room, count, cause=f"grant:{room.code}", expires_at=None, now=now)
    return room


def signed_in(person: Person, *rooms: Room) -> Visitor:
    """The person with a session of their own, as if they had come in by the sign-in page."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    assert session.session_key
    return Visitor(person.name, session.session_key, [room.code for room in rooms])


def main() -> None:
    """The command line; see the top of this module."""
    migrate()
    collect_static()
    print(fill().to_json())


if __name__ == "__main__":
    main()
