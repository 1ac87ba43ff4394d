"""What the database itself refuses about credits, whatever code runs."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from alcove.billing import ledger
from alcove.billing.models import CreditEntry, Entitlement, LateFee, Plan
from alcove.rooms.models import Room
from tests.cast import CREDITS, NOW, Cast
from tests.untouched import insert, refused_by_the_database, run_sql

KINDS = "credit_entry_moves_what_its_kind_says"


def add(room: Room, kind: str, **columns: Any) -> None:
    columns = {"available": 0, "held": 0, "lot_id": None, "expires_at": None} | columns
    insert("billing_creditentry", room_id=room.pk, kind=kind, written_at=NOW, **columns)


def lot(room: Room) -> int:
    return CreditEntry.objects.get(room=room, kind="granted").pk


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_creditentry SET available = 99",
        "UPDATE billing_creditentry SET cause = cause || '2'",
        "UPDATE billing_creditentry SET expires_at = NULL",
        "DELETE FROM billing_creditentry",
    ],
)
def test_entries_are_never_edited_or_deleted(cast: Cast, statement: str) -> None:
    entries = list(CreditEntry.objects.values())

    with refused_by_the_database("never"):
        run_sql(statement)

    assert list(CreditEntry.objects.values()) == entries


def test_entries_are_not_replaced_either(cast: Cast) -> None:
    first = CreditEntry.objects.values().earliest("id")
    columns = ", ".join(first)
    replace = {
        "sqlite": "INSERT OR REPLACE INTO",
        "postgresql": "INSERT INTO",
    }[connection.vendor]
    on_conflict = {
        "sqlite": "",
        "postgresql": "ON CONFLICT (id) DO UPDATE SET available = 99",
    }[connection.vendor]

    with refused_by_the_database("never"):
        run_sql(
            f"{replace} billing_creditentry ({columns}) SELECT {columns} FROM billing_creditentry"
            f" WHERE id = %s {on_conflict}",
            first["id"],
        )


@pytest.mark.parametrize("kind", ["reserved", "expired", "refunded"])
def test_lot_is_not_overdrawn(cast: Cast, kind: str) -> None:
    for number in range(CREDITS):
        ledger.reserve(cast.room, f"K{number}", now=NOW)

    with refused_by_the_database("overdrawn"):
        add(
            cast.room,
            kind,
            available=-1,
            held=int(kind == "reserved"),
            lot_id=lot(cast.room),
            cause=f"{kind}:X",
        )


def test_lot_is_not_overdrawn_at_once(cast: Cast) -> None:
    with refused_by_the_database("overdrawn"):
        add(cast.room, "refunded", available=-CREDITS - 1, lot_id=lot(cast.room), cause="refund:1")
    add(cast.room, "refunded", available=-CREDITS, lot_id=lot(cast.room), cause="refund:1")


def test_lot_of_another_room_is_refused(cast: Cast) -> None:
    with refused_by_the_database("another room"):
        add(
            cast.room,
            "reserved",
            available=-1,
            held=1,
            lot_id=lot(cast.strangers_room),
            cause="reserve:X",
        )


@pytest.mark.parametrize("kind", ["spent", "forfeited", "released"])
def test_what_was_not_reserved_is_not_settled(cast: Cast, kind: str) -> None:
    ledger.reserve(cast.strangers_room, "THEIRS", now=NOW)
    ledger.reserve(cast.room, "ANOTHER", now=NOW)

    for key in ("NOTHING", "THEIRS"):
        with refused_by_the_database("nothing is reserved"):
            add(
                cast.room,
                kind,
                available=int(kind == "released"),
                held=-1,
                lot_id=lot(cast.room),
                cause=f"settle:{key}",
            )


@pytest.mark.parametrize("first", ["spent", "forfeited", "released"])
@pytest.mark.parametrize("second", ["spent", "forfeited", "released"])
def test_reservation_is_settled_once(cast: Cast, first: str, second: str) -> None:
    acts = {"spent": ledger.spend, "forfeited": ledger.forfeit, "released": ledger.release}
    ledger.reserve(cast.room, "K", now=NOW)
    acts[first]("K", now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        acts[second]("K", now=NOW)

    assert ledger.balance(cast.room, NOW).held == 0


def test_key_is_reserved_once(cast: Cast) -> None:
    ledger.reserve(cast.room, "K", now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.reserve(cast.room, "K", now=NOW)


@pytest.mark.parametrize("settle", [None, ledger.spend, ledger.release])
def test_what_was_not_forfeited_is_not_restored(cast: Cast, settle: Any) -> None:
    ledger.reserve(cast.room, "F", now=NOW)
    ledger.forfeit("F", now=NOW)
    ledger.reserve(cast.room, "K", now=NOW)
    if settle:
        settle("K", now=NOW)

    with refused_by_the_database("nothing was forfeited"):
        add(cast.room, "restored", available=1, lot_id=lot(cast.room), cause="restore:K")


def test_restoring_twice_is_refused(cast: Cast) -> None:
    ledger.reserve(cast.room, "K", now=NOW)
    ledger.forfeit("K", now=NOW)
    ledger.restore("K", now=NOW)

    with refused_by_the_database("(?i)unique"):
        add(cast.room, "restored", available=1, lot_id=lot(cast.room), cause="restore:K")


@pytest.mark.parametrize(
    ("kind", "available", "held", "with_lot"),
    [
        ("granted", 0, 0, False),
        ("granted", -1, 0, False),
        ("granted", 1, 1, False),
        ("granted", 1, 0, True),
        ("reserved", -1, 0, True),
        ("reserved", -1, 2, True),
        ("reserved", -2, 1, True),
        ("reserved", 1, -1, True),
        ("reserved", -1, 1, False),
        ("spent", 1, -1, True),
        ("spent", 0, 0, True),
        ("forfeited", 0, 1, True),
        ("forfeited", 0, -1, False),
        ("released", 2, -1, True),
        ("released", 1, 0, True),
        ("released", 1, -1, False),
        ("restored", 2, 0, True),
        ("restored", 1, 0, False),
        ("expired", 1, 0, True),
        ("expired", 0, 0, True),
        ("refunded", -1, 1, True),
        ("refunded", -1, 0, False),
        ("given", 1, 0, False),
    ],
)
def test_entry_moves_only_what_its_kind_says(
    cast: Cast, kind: str, available: int, held: int, with_lot: bool
) -> None:
    ledger.reserve(cast.room, "K", now=NOW)
    ledger.reserve(cast.room, "F", now=NOW)
    ledger.forfeit("F", now=NOW)
    cause = {"released": "settle:K", "spent": "settle:K", "forfeited": "settle:K"}.get(
        kind, "restore:F" if kind == "restored" else "some:1"
    )

    with refused_by_the_database(KINDS):
        add(
            cast.room,
            kind,
            available=available,
            held=held,
            lot_id=lot(cast.room) if with_lot else None,
            cause=cause,
        )


def test_plan_with_a_fee_rule_has_a_fee(cast: Cast) -> None:
    plans = Plan.objects.filter(pk=Plan.objects.create(code="new", name="New").pk)
    with refused_by_the_database("plan_fee_rule_has_a_fee"):
        plans.update(late_rule="fee", late_fee_minor=0)
    with refused_by_the_database("plan_has_a_period"):
        plans.update(period_months=0)


def test_coverage_does_not_end_before_it_starts(cast: Cast) -> None:
    with refused_by_the_database("entitlement_ends_after_start"):
        Entitlement.objects.update(ends_on=dt.date(2026, 3, 1))


def test_late_fee_is_due_once_for_its_cause(cast: Cast) -> None:
    fee = {"amount_minor": 1, "currency": "USD", "cause": "late:K", "due_at": NOW}
    LateFee.objects.create(room=cast.room, **fee)

    with refused_by_the_database("(?i)unique"):
        LateFee.objects.create(room=cast.strangers_room, **fee)
