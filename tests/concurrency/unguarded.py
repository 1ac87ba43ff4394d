"""A server without some of its guards, to show that the races it is spared do happen.

    python -m tests.concurrency.unguarded GUARD…

The windows in which the races happen are widened by short pauses, so that few rounds show them.
All of it is done to this process and its database; the product knows nothing of it.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
django.setup()

# Their models need the set-up above.
from django.db import connection, transaction  # noqa: E402
from django.db.models import F, QuerySet, UniqueConstraint  # noqa: E402

from alcove import cli  # noqa: E402
from alcove.billing import ledger  # noqa: E402
from alcove.billing.actions import hear, refund, settle_purchase  # noqa: E402
from alcove.billing.errors import NotEnoughCredits  # noqa: E402
from alcove.billing.models import CreditEntry, Purchase, Refund  # noqa: E402
from alcove.booking import claims, lifecycle, membership, proposals  # noqa: E402
from alcove.booking.actions import (  # noqa: E402
    accept_ring,
    accept_time,
    answer_proposal,
    decline_ring,
    hold,
    lapse_ring,
    offer_times,
    request,
    reschedule,
    ring,
    withdraw_ring,
)
from alcove.booking.models import Appointment, Ring, TimeClaim, TimeProposal  # noqa: E402
from alcove.core import audit  # noqa: E402
from alcove.core.models import AuditHead, IdempotencyKey  # noqa: E402
from alcove.people import roles  # noqa: E402
from alcove.people.errors import LastAdmin  # noqa: E402
from alcove.people.models import Person  # noqa: E402
from alcove.rooms.actions import accept_invitation  # noqa: E402
from alcove.rooms.models import Room  # noqa: E402

LOOK_SECONDS = 0.3
# While a step waits, another device has time to look and to hold.
STEP_SECONDS = 1.0
# While that device waits at its lot, the step goes on and comes to the same lot.
LOT_SECONDS = 1.8
# While one person chooses a time in a room, another one joins it from beginning to end.
JOIN_SECONDS = 1.5


def replace(owner: object, name: str, stand_in: object) -> None:
    """Put something else in the place of a function of the product."""
    assert hasattr(owner, name), f"{owner} has no {name} any more"
    setattr(owner, name, stand_in)


def execute(*statements: str) -> None:
    """Change the database."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def widen_look() -> None:
    """Pause between looking whether a time is free and taking it."""
    for module in (hold, ring):
        replace(module, "_require_free", slowed_down(module._require_free))


def slowed_down(look: Callable[..., None], seconds: float = LOOK_SECONDS) -> Callable[..., None]:
    """The same look, with the pause after it."""

    def look_slowly(*args: Any) -> None:
        look(*args)
        time.sleep(seconds)

    return look_slowly


def widen_step() -> None:
    """Pause between reading an appointment and taking a step with it."""
    step = lifecycle.move

    def step_slowly(*args: Any, **changes: Any) -> None:
        time.sleep(STEP_SECONDS)
        step(*args, **changes)

    replace(lifecycle, "move", step_slowly)


def widen_lot() -> None:
    """Pause between finding a credit and reserving it."""

    def reserve_slowly(room: Room, key: str, *, now: Any) -> None:
        lot = ledger.lots(room, now).first()
        if lot is None:
            raise NotEnoughCredits
        time.sleep(LOT_SECONDS)
        CreditEntry.objects.create(
            room=room,
            kind=CreditEntry.Kind.RESERVED,
            available=-1,
            held=1,
            lot=lot,
            cause=f"reserve:{key}",
            written_at=now,
        )

    replace(ledger, "reserve", reserve_slowly)


def without_queue() -> None:
    """Nobody waits for anybody: no row locks, and on SQLite no IMMEDIATE transactions."""
    widen_look()

    def read_people(room_id: int) -> list[int]:
        people = Person.objects.filter(memberships__room=room_id)
        return list(people.order_by("pk").values_list("pk", flat=True))

    exchanges = (accept_time, answer_proposal, offer_times)
    rings = (ring, accept_ring, decline_ring, withdraw_ring, lapse_ring)
    for module in (hold, request, reschedule, *exchanges, *rings):
        replace(module, "lock_people", read_people)
    if connection.vendor == "sqlite":
        write_each_statement_by_itself()


def without_transactions() -> None:
    """What belongs together is written piece by piece."""
    widen_lot()
    write_each_statement_by_itself()


def write_each_statement_by_itself() -> None:
    """Make ``transaction.atomic`` promise nothing."""

    def enter(block: transaction.Atomic) -> None:
        here = transaction.get_connection(block.using)
        here.alcove_depth = getattr(here, "alcove_depth", 0) + 1
        here.in_atomic_block = True

    def leave(block: transaction.Atomic, *_error: object) -> None:
        here = transaction.get_connection(block.using)
        here.alcove_depth -= 1
        here.in_atomic_block = here.alcove_depth > 0
        here.needs_rollback = False

    def read(rows: QuerySet[Any], **_options: object) -> QuerySet[Any]:
        return rows.all()

    replace(transaction.Atomic, "__enter__", enter)
    replace(transaction.Atomic, "__exit__", leave)
    # A lock would end with its statement; Django refuses to take one for so short a time.
    replace(QuerySet, "select_for_update", read)


def without_overlap_guard() -> None:
    """The database takes overlapping claims."""
    widen_look()
    if connection.vendor == "sqlite":
        execute(
            "DROP TRIGGER time_claim_no_overlap_insert", "DROP TRIGGER time_claim_no_overlap_update"
        )
    else:
        execute("ALTER TABLE booking_timeclaim DROP CONSTRAINT time_claim_no_overlap")


def without_overdraw_guard() -> None:
    """The database takes entries that overdraw a lot."""
    widen_lot()
    widen_step()
    table = "" if connection.vendor == "sqlite" else " ON billing_creditentry"
    execute(f"DROP TRIGGER credit_entry_guard{table}")


def without_step_condition() -> None:
    """A step is taken from whatever state there is by now."""

    def step_regardless(appointment: Appointment, to: str, **changes: Any) -> None:
        time.sleep(STEP_SECONDS)
        Appointment.objects.filter(pk=appointment.pk).update(
            status=to, version=F("version") + 1, sequence=F("sequence") + 1, **changes
        )
        if to in lifecycle.ENDED:
            TimeClaim.objects.filter(appointment=appointment).delete()
        appointment.status = to

    replace(lifecycle, "move", step_regardless)


def without_exchange_condition() -> None:
    """An exchange about a time goes on from whatever state it is in by now."""

    def step_regardless(proposal: TimeProposal, to: str, **changes: Any) -> None:
        time.sleep(STEP_SECONDS)
        TimeProposal.objects.filter(pk=proposal.pk).update(state=to, **changes)
        proposal.state = to

    replace(proposals, "move", step_regardless)


def without_key_guard() -> None:
    """The database takes an idempotency key any number of times."""
    constraints, IdempotencyKey._meta.constraints = IdempotencyKey._meta.constraints, []
    with connection.schema_editor() as editor:
        for constraint in constraints:
            # SQLite makes the table anew, as the model is by now.
            editor.remove_constraint(IdempotencyKey, constraint)


def without_ring_guard() -> None:
    """The database takes any number of open rings of one provider and of one room."""
    unique = [one for one in Ring._meta.constraints if isinstance(one, UniqueConstraint)]
    assert unique, "Ring has no unique constraints any more"
    Ring._meta.constraints = [one for one in Ring._meta.constraints if one not in unique]
    with connection.schema_editor() as editor:
        for constraint in unique:
            editor.remove_constraint(Ring, constraint)


def without_room_lock() -> None:
    """Who joins a room waits for nobody who chooses a time there, and the other way round."""
    replace(hold, "_require_free", slowed_down(hold._require_free, 3 * JOIN_SECONDS))
    replace(membership, "_require_free", slowed_down(membership._require_free, JOIN_SECONDS))
    for module in (claims, accept_invitation):
        replace(module, "lock_room", lambda _room_id: None)
    if connection.vendor == "sqlite":
        write_each_statement_by_itself()


def without_audit_queue() -> None:
    """Whoever appends to the audit log waits for nobody who does so too."""

    def read_head() -> AuditHead:
        head = AuditHead.objects.get_or_create(pk=1, defaults={"hash": audit.BEGINNING})[0]
        time.sleep(LOOK_SECONDS)
        return head

    replace(audit, "_hold_head", read_head)
    if connection.vendor == "sqlite":
        write_each_statement_by_itself()


def without_audit_guard() -> None:
    """The database takes any number of rows after the same one."""
    columns = ("sequence", "previous_hash")
    if connection.vendor == "sqlite":
        # A unique column is part of its table's text: the rows go to a table without.
        execute(
            "CREATE TABLE spare (id integer PRIMARY KEY, sequence bigint, happened_at datetime,"
            " actor text, act text, subject text, reason text, data text, previous_hash text,"
            " hash text)",
            "DROP TABLE core_auditrow",
            "ALTER TABLE spare RENAME TO core_auditrow",
        )
        return
    for column in columns:
        execute(f"ALTER TABLE core_auditrow DROP CONSTRAINT core_auditrow_{column}_key")


def without_admin_lock() -> None:
    """Who takes an admin's role away waits for nobody who does so too."""

    def look_slowly(person: Person) -> None:
        others = Person.objects.filter(is_admin=True, is_active=True).exclude(pk=person.pk)
        if not others.exists():
            raise LastAdmin
        time.sleep(STEP_SECONDS)

    replace(roles, "require_another_admin", look_slowly)
    # The audit log has a queue of its own, which would keep the two apart.
    replace(audit, "append", lambda **_row: None)
    if connection.vendor == "sqlite":
        write_each_statement_by_itself()


def without_refund_guard() -> None:
    """Nobody waits for anybody who refunds, and the database takes any number of refunds."""
    make = refund._refund

    def refund_slowly(*args: Any) -> Refund:
        time.sleep(STEP_SECONDS)
        return make(*args)

    replace(refund, "_refund", refund_slowly)
    # Without transactions two rows of the audit log would meet, and one answer fail for that.
    replace(audit, "append", lambda **_row: None)
    if connection.vendor == "sqlite":
        # A unique column is part of its table's text: the rows go to a table without.
        execute(
            "CREATE TABLE spare (id integer PRIMARY KEY, purchase_id bigint, amount_minor integer,"
            " credits integer, asked_by_id bigint, reason text, state text, asked_at datetime,"
            " done_at datetime, last_error text)",
            "DROP TABLE billing_refund",
            "ALTER TABLE spare RENAME TO billing_refund",
        )
        write_each_statement_by_itself()
        return
    execute("ALTER TABLE billing_refund DROP CONSTRAINT billing_refund_purchase_id_key")
    replace(QuerySet, "select_for_update", lambda rows, **_options: rows.all())


def without_payment_guard() -> None:
    """Whoever hears of a payment waits for nobody who does so too, and settles it regardless."""
    settle = settle_purchase.settle_purchase

    def settle_slowly(*, purchase: Purchase, **how: Any) -> bool:
        if Purchase.objects.filter(pk=purchase.pk, state=Purchase.State.PAID).exists():
            return False
        time.sleep(STEP_SECONDS)
        # As if it had not been paid by now: the condition is gone.
        return settle(purchase=purchase, **how)

    def regardless(rows: QuerySet[Any], *args: Any, **fields: Any) -> QuerySet[Any]:
        is_condition = rows.model is Purchase and fields == {"state": Purchase.State.PAID}
        return rows.all() if is_condition else exclude(rows, *args, **fields)

    exclude = QuerySet.exclude
    replace(QuerySet, "exclude", regardless)
    replace(hear, "settle_purchase", settle_slowly)
    if connection.vendor == "sqlite":
        write_each_statement_by_itself()
    else:
        replace(QuerySet, "select_for_update", lambda rows, **_options: rows.all())


def without_paid_guard() -> None:
    """The database lets a paid purchase be paid once more."""
    table = "" if connection.vendor == "sqlite" else " ON billing_purchase"
    execute(f"DROP TRIGGER billing_purchase_paid_for_good{table}")


GUARDS: dict[str, Callable[[], None]] = {
    "queue": without_queue,
    "admins": without_admin_lock,
    "transactions": without_transactions,
    "overlap": without_overlap_guard,
    "overdraw": without_overdraw_guard,
    "paid": without_paid_guard,
    "payment": without_payment_guard,
    "step": without_step_condition,
    "exchange": without_exchange_condition,
    "key": without_key_guard,
    "refund": without_refund_guard,
    "ring": without_ring_guard,
    "room": without_room_lock,
    "audit queue": without_audit_queue,
    "audit": without_audit_guard,
}


# These may take transactions away.
WITHOUT_TRANSACTIONS = {
    "admins",
    "audit queue",
    "payment",
    "queue",
    "refund",
    "room",
    "transactions",
}


def main() -> int:
    """Serve as ``alcove serve`` does, but for the guards named on the command line."""
    # The database's guards first: changing tables wants real transactions.
    for name in sorted(sys.argv[1:], key=lambda name: name in WITHOUT_TRANSACTIONS):
        GUARDS[name]()
    connection.close()
    return cli.main(["serve"])


if __name__ == "__main__":
    sys.exit(main())
