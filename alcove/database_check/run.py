"""Every invariant of a live database, each a sentence and the function that finds its breaches.

The checks read only, and see the database as it is now: a change in flight is either in it or
not. They judge the rows from the outside, by the product's rules, not by the code that wrote
them.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

from alcove.database_check import (
    audit,
    claims,
    delivery,
    guards,
    ledger,
    payments,
    proposals,
    reminders,
    rings,
    rooms,
    sessions,
)

Find = Callable[[dt.datetime], Iterator[str]]

# A damaged table should not scroll everything else away.
MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold, and the function that yields each place where it does not."""

    sentence: str
    find: Find
    # Of rows that are only ever added: needs not see the instant that the others see.
    is_apart: bool = False


CHECKS = [
    Check("The database has its guards against overlap and edits", guards.missing_guards),
    Check("The database has every constraint of the models", guards.missing_constraints),
    Check("Every reference leads to a row", guards.dangling_references),
    Check("Owner and provider of a room are its members, a partner is in couples rooms only",
          rooms.wrong_members),
    Check("An open invitation is by the owner of a couples room that has no partner",
          rooms.wrong_invitations),
    Check("Nobody is in a live session of a room that they are not in", rooms.strangers_inside),
    Check("Nobody's time is claimed twice at once", claims.overlaps),
    Check("An active session claims the time of each member, buffers for the provider",
          claims.wrong_claims),
    Check("An ended session claims nobody's time", claims.claims_of_ended),
    Check("Each session's status is the one of its latest event", sessions.untold_statuses),
    Check("A session that ended early, and no other, has an ending", sessions.wrong_endings),
    Check("Each session reserved one credit for each time it had", ledger.wrong_reservations),
    Check("Each reservation is settled once when its time is over or moved, and not before",
          ledger.wrong_settlements),
    Check("What an ending cost is what the ledger and the fees say", ledger.wrong_costs),
    Check("A missed session has its mark, and costs what the ledger says", ledger.wrong_no_shows),
    Check("A room holds as many credits as it has sessions to settle", ledger.wrong_held_sums),
    Check("No lot of credits is below zero or taken from by another room", ledger.overdrawn_lots),
    Check("Credits that were paid are in the ledger, and no others are bought",
          payments.paid_without_credits),
    Check("A late fee is paid where there is its payment, and not else", payments.wrong_fees),
    Check("No refund gives back more than was paid, or waits for days", payments.wrong_refunds),
    Check("An open ring keeps the time of each member of its room", rings.wrong_claims),
    Check("Each ring's answer is the one of its latest event", rings.untold_answers),
    Check("A ring that nobody answered has lapsed", rings.overdue),
    Check("An accepted ring became a session of its own room", rings.wrong_sessions),
    Check("An offered time keeps the time of each member of its room", proposals.wrong_claims),
    Check("Held times and offers belong together", proposals.wrong_holds),
    Check("Each time proposal's state is the one of its latest event", proposals.untold_states),
    Check("A time proposal that nobody answered has lapsed", proposals.overdue),
    Check("An accepted time proposal became a session of its own room", proposals.wrong_sessions),
    Check("Nobody has two letters about one event", delivery.repeated_deliveries),
    Check("A device shows its own person's messages only", delivery.copies_for_others),
    Check("Every message that waits has a job that sends it", reminders.unsent),
    Check("Each reminder is of a start that its session had", reminders.wrong_starts),
    Check("No reminder is overdue", reminders.overdue),
    Check("The audit log is as it was written", audit.tampered, is_apart=True),
    Check("The audit log ends where it should", audit.cut_off),
    Check("No job was given up or fails again and again", delivery.stuck_jobs),
]  # fmt: skip


def broken(now: dt.datetime) -> dict[str, list[str]]:
    """The sentences that do not hold, each with the first places where."""
    is_outermost = not connection.in_atomic_block
    found = {check.sentence: _places(check, now) for check in CHECKS if check.is_apart}
    # On SQLite nobody writes while this lasts, which must be short: whoever books waits for it.
    with transaction.atomic():
        if connection.vendor == "postgresql" and is_outermost:
            # All statements see one instant; else a booking between two of them looks broken.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found |= {check.sentence: _places(check, now) for check in CHECKS if not check.is_apart}
    return {check.sentence: found[check.sentence] for check in CHECKS if found[check.sentence]}


def _places(check: Check, now: dt.datetime) -> list[str]:
    return list(islice(check.find(now), MOST_PLACES))
