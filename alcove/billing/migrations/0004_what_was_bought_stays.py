"""The database itself keeps what was bought: terms of a plan, payments, fees, consents."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PLAN_TERMS = (
    "code", "version", "name", "for_rooms", "price_minor", "period_months", "credits_per_period",
    "credits_last_periods", "extra_credit_minor", "offers", "late_rule", "late_fee_minor",
    "currency",
)  # fmt: skip
PURCHASE_FACTS = (
    "code", "room_id", "buyer_id", "item", "count", "plan_id", "fee_id", "amount_minor",
    "currency", "way", "for_key", "recorded_by_id",
)  # fmt: skip
FEE_FACTS = ("room_id", "amount_minor", "currency", "cause", "due_at")
REFUND_FACTS = ("purchase_id", "amount_minor", "credits")
PLAN_IS_HAD = (
    "EXISTS (SELECT 1 FROM billing_entitlement WHERE plan_id = OLD.id)"
    " OR EXISTS (SELECT 1 FROM billing_purchase WHERE plan_id = OLD.id)"
)
PAID_IS_UNDONE = (
    "OLD.state = 'paid' AND (NEW.state <> 'paid' OR NEW.paid_at <> OLD.paid_at"
    " OR NEW.payment_key <> OLD.payment_key)"
)
NOT_PAID_FOR = (
    "NOT EXISTS (SELECT 1 FROM billing_purchase WHERE 'buy:' || code = NEW.cause"
    " AND state = 'paid' AND item = 'credits' AND room_id = NEW.room_id"
    " AND count = NEW.available)"
)
TOO_MUCH_BACK = (
    "NOT EXISTS (SELECT 1 FROM billing_purchase WHERE id = NEW.purchase_id"
    " AND state = 'paid' AND amount_minor >= NEW.amount_minor)"
)


def changed(columns: tuple[str, ...], differs: str) -> str:
    """Whether one of the columns is given another value."""
    return " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)


def rules(differs: str) -> list[tuple[str, str, str, str, str]]:
    """Name, event, table, condition and words of each refusal."""
    return [
        ("plan_terms_stay", "UPDATE", "plan",
         f"({changed(PLAN_TERMS, differs)}) AND ({PLAN_IS_HAD})",
         "the terms of a plan that somebody has never change"),
        ("plan_replaced_once", "UPDATE", "plan",
         f"OLD.replaced_by_id IS NOT NULL AND ({changed(('replaced_by_id', 'replaced_at'), differs)})",
         "a version of a plan is replaced once"),
        ("purchase_facts_stay", "UPDATE", "purchase", changed(PURCHASE_FACTS, differs),
         "what a purchase is for never changes"),
        ("purchase_paid_for_good", "UPDATE", "purchase",
         PAID_IS_UNDONE,
         "a paid purchase stays paid"),
        ("purchase_no_delete", "DELETE", "purchase", "1 = 1", "purchases are never deleted"),
        ("fee_facts_stay", "UPDATE", "latefee", changed(FEE_FACTS, differs),
         "what a late fee is for never changes"),
        ("fee_settled_once", "UPDATE", "latefee", "OLD.state <> 'due' AND NEW.state <> OLD.state",
         "a late fee is settled once"),
        ("fee_no_delete", "DELETE", "latefee", "1 = 1", "late fees are never deleted"),
        ("refund_facts_stay", "UPDATE", "refund", changed(REFUND_FACTS, differs),
         "what a refund gives back never changes"),
        ("refund_done_for_good", "UPDATE", "refund", "OLD.state = 'done' AND NEW.state <> 'done'",
         "what was given back stays given back"),
        ("refund_no_delete", "DELETE", "refund", "1 = 1", "refunds are never deleted"),
        ("refund_of_what_was_paid", "INSERT", "refund", TOO_MUCH_BACK,
         "a refund gives back what was paid, at most"),
        ("consent_stays", "UPDATE", "feeconsent", "1 = 1", "a consent never changes"),
        ("consent_no_delete", "DELETE", "feeconsent", "1 = 1", "a consent is never deleted"),
        ("bought_is_paid", "INSERT", "creditentry", f"NEW.kind = 'bought' AND {NOT_PAID_FOR}",
         "credits are bought by a paid purchase"),
    ]  # fmt: skip


def sqlite_statements() -> list[str]:
    """A trigger for each rule."""
    return [
        f"CREATE TRIGGER billing_{name} BEFORE {event} ON billing_{table}"
        f" WHEN {condition} BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for name, event, table, condition, words in rules("IS NOT")
    ]


def postgresql_statements() -> list[str]:
    """A function and a trigger for each rule: a WHEN of a trigger may not look into tables."""
    statements = []
    for name, event, table, condition, words in rules("IS DISTINCT FROM"):
        row = "OLD" if event == "DELETE" else "NEW"
        function = (
            f"CREATE FUNCTION billing_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {condition} THEN RAISE EXCEPTION '{words}'"
            " USING ERRCODE = 'integrity_constraint_violation';"
            f" END IF; RETURN {row}; END $$"
        )
        trigger = (
            f"CREATE TRIGGER billing_{name} BEFORE {event} ON billing_{table}"
            f" FOR EACH ROW EXECUTE FUNCTION billing_{name}()"
        )
        statements += [function, trigger]
    return statements


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers in the dialect at hand."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in postgresql_statements() if is_postgresql else sqlite_statements():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_plans_and_payments")]
    operations = [migrations.RunPython(create)]
