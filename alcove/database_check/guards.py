"""Whether the database still has what makes it refuse wrong rows."""

import datetime as dt
from collections.abc import Iterator

from django.apps import apps
from django.db import connection

# Of the same name on both databases.
BILLING_TRIGGERS = {
    f"billing_{name}"
    for name in (
        "plan_terms_stay",
        "plan_replaced_once",
        "purchase_facts_stay",
        "purchase_paid_for_good",
        "purchase_no_delete",
        "fee_facts_stay",
        "fee_settled_once",
        "fee_no_delete",
        "refund_facts_stay",
        "refund_done_for_good",
        "refund_no_delete",
        "refund_of_what_was_paid",
        "consent_stays",
        "consent_no_delete",
        "bought_is_paid",
    )
}
SQLITE_TRIGGERS = BILLING_TRIGGERS | {
    "time_claim_no_overlap_insert",
    "time_claim_no_overlap_update",
    "credit_entry_no_update",
    "credit_entry_no_delete",
    "credit_entry_guard",
    "audit_row_no_update",
    "audit_row_no_delete",
    "audit_row_follows",
    "partner_in_couples_room_insert",
    "partner_in_couples_room_update",
    "room_with_partner_stays_couples",
}
POSTGRES_TRIGGERS = BILLING_TRIGGERS | {
    "credit_entry_no_change",
    "credit_entry_guard",
    "audit_row_no_change",
    "audit_row_follows",
    "partner_in_couples_room",
    "room_with_partner_stays_couples",
}
POSTGRES_CONSTRAINTS = {"time_claim_no_overlap"}


def missing_guards(now: dt.datetime) -> Iterator[str]:
    """Triggers and the exclusion constraint that only migrations make."""
    if connection.vendor == "sqlite":
        wanted = SQLITE_TRIGGERS
        have = _names("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        wanted = POSTGRES_TRIGGERS | POSTGRES_CONSTRAINTS
        have = _names("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        have |= _names("SELECT conname FROM pg_constraint WHERE contype = 'x' AND convalidated")
    for name in sorted(wanted - have):
        yield f"{name} is missing; restore a backup, or make it again from the migrations"


def missing_constraints(now: dt.datetime) -> Iterator[str]:
    """Constraints named in the models' Meta that the tables lack."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            names = {constraint.name for constraint in model._meta.constraints}  # noqa: SLF001 - Django documents it
            table = model._meta.db_table  # noqa: SLF001 - the same
            have = set(connection.introspection.get_constraints(cursor, table)) if names else set()
            for name in sorted(names - have):
                yield f"{name} of {table} is missing"


def dangling_references(now: dt.datetime) -> Iterator[str]:
    """Foreign keys to nothing: SQLite checks them only where the connection asks for it."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        for table, row, parent, _number in cursor.fetchall():
            yield f"row {row} of {table} refers to a row of {parent} that is not there"


def _names(statement: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}
