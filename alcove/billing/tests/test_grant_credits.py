"""The plan's credits come once a period, by the practice's midnight, and end with it."""

import datetime as dt

import pytest

from alcove.billing.actions.grant_credits import grant_credits, settle_periods
from alcove.billing.ledger import Balance, balance, reserve
from alcove.billing.models import CreditEntry, Entitlement
from alcove.billing.queries import credit_standing, entitlement_of, next_grant_at
from alcove.people.models import Practice
from alcove.rooms.models import Room
from tests.cast import CREDITS, NOW, Cast, at, change_plans, make_room
from tests.untouched import every_row

MOMENT = dt.timedelta(microseconds=1)


@pytest.fixture
def room(cast: Cast) -> Room:
    """A room whose coverage begins on 31 January; it has got nothing so far."""
    Entitlement.objects.all().delete()
    room = make_room(cast.stranger, cast.second_provider, cast.plan)
    Entitlement.objects.filter(room=room).update(starts_on=dt.date(2026, 1, 31))
    reserve_all(room)
    return room


def reserve_all(room: Room) -> None:
    # The cast's rooms come with credits; take them out of the sums below.
    for number in range(CREDITS):
        reserve(room, f"cast:{number}", now=NOW)


def grants(room: Room) -> list[tuple[dt.datetime | None, int]]:
    rows = CreditEntry.objects.filter(room=room, cause__startswith="grant:", kind="granted")
    own = rows.exclude(cause=f"grant:{room.code}").order_by("id")
    return list(own.values_list("expires_at", "available"))


def test_credits_of_a_period_come_once(room: Room) -> None:
    settle_periods({}, NOW)
    rows = every_row()
    settle_periods({}, NOW + dt.timedelta(minutes=10))

    assert every_row() == rows
    # Midnight of 31 March in Berlin, where summer time has begun.
    assert grants(room) == [(at(30, 22), CREDITS)]


def test_start_on_the_31st_comes_back_to_the_31st(room: Room) -> None:
    for day in range(0, 89, 4):
        settle_periods({}, dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC) + dt.timedelta(days=day))

    berlin = Practice.load().zone
    ends = [expires.astimezone(berlin).date() for expires, _ in grants(room) if expires]
    assert ends == [
        dt.date(2026, 2, 28),
        dt.date(2026, 3, 31),
        dt.date(2026, 4, 30),
    ]


def test_period_begins_at_the_midnight_of_the_practice(room: Room) -> None:
    midnight = at(30, 22)
    settle_periods({}, NOW)

    settle_periods({}, midnight - MOMENT)
    assert len(grants(room)) == 1
    assert balance(room, midnight - MOMENT).available == CREDITS
    settle_periods({}, midnight)

    assert len(grants(room)) == 2
    assert balance(room, midnight).available == CREDITS


def test_unused_credits_are_written_off_once_with_their_period(room: Room) -> None:
    settle_periods({}, NOW)
    for moment in (at(30, 22), at(30, 23), at(31, 9)):
        settle_periods({}, moment)

    expired = CreditEntry.objects.get(room=room, kind="expired")
    assert (expired.available, expired.written_at) == (-CREDITS, at(30, 22))


def test_unpaid_coverage_gets_nothing_until_it_is_paid(room: Room) -> None:
    mine = Entitlement.objects.filter(room=room)
    mine.update(state="unpaid")
    settle_periods({}, NOW)
    assert grants(room) == []

    mine.update(state="active")
    settle_periods({}, NOW)
    assert len(grants(room)) == 1


@pytest.mark.parametrize(("ends", "count"), [(2, 0), (3, 1)])
def test_ended_coverage_gets_nothing_from_its_end_on(room: Room, ends: int, count: int) -> None:
    Entitlement.objects.filter(room=room).update(ends_on=dt.date(2026, 3, ends))

    settle_periods({}, NOW)

    assert len(grants(room)) == count
    entitlement = Entitlement.objects.select_related("plan", "room").get(room=room)
    assert not grant_credits(entitlement=entitlement, practice=Practice.load(), now=NOW)


def test_coverage_to_come_gets_nothing_yet(room: Room) -> None:
    Entitlement.objects.filter(room=room).update(starts_on=dt.date(2026, 3, 3))

    settle_periods({}, NOW)

    assert grants(room) == []


def test_plan_without_credits_grants_none(room: Room) -> None:
    change_plans(credits_per_period=0)

    settle_periods({}, NOW)

    assert grants(room) == []


def test_plan_of_three_months_grants_once_in_three(room: Room) -> None:
    change_plans(period_months=3)

    for month in (2, 3, 4):
        settle_periods({}, at(10, 12, month=month))

    assert grants(room) == [(at(29, 22, month=4), CREDITS)]


def test_standing_says_what_is_left_and_when_more_comes(room: Room) -> None:
    settle_periods({}, NOW)
    entitlement = entitlement_of(room)
    assert entitlement is not None

    standing = credit_standing(room, entitlement, Practice.load(), NOW)

    assert (standing.balance, standing.plan_name, standing.credits_per_period) == (
        Balance(available=CREDITS, held=CREDITS),
        "Four sessions",
        CREDITS,
    )
    assert standing.next_grant_at == at(30, 22)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"starts_on": dt.date(2026, 3, 20)}, at(19, 23)),
        ({"ends_on": dt.date(2026, 3, 31)}, None),
        ({"ends_on": dt.date(2026, 4, 1)}, at(30, 22)),
        ({"state": "unpaid"}, None),
    ],
)
def test_next_credits_are_promised_only_when_they_will_come(
    room: Room, changes: dict[str, object], expected: dt.datetime | None
) -> None:
    Entitlement.objects.filter(room=room).update(**changes)
    entitlement = entitlement_of(room)
    assert entitlement is not None

    assert next_grant_at(entitlement, Practice.load(), NOW) == expected


def test_room_that_never_had_a_plan_has_no_entitlement(cast: Cast) -> None:
    Entitlement.objects.all().delete()

    assert entitlement_of(cast.room) is None


def test_coverage_that_was_changed_since_it_was_read_waits_for_the_next_sweep(room: Room) -> None:
    """A sweep reads all coverages first; a payment or an admin may change one before its turn."""
    read = Entitlement.objects.get(room=room)
    Entitlement.objects.filter(room=room).update(starts_on=dt.date(2026, 3, 2))

    assert not grant_credits(entitlement=read, practice=Practice.load(), now=NOW)
    assert grants(room) == []

    settle_periods({}, NOW)
    assert len(grants(room)) == 1
