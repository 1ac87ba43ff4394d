"""The database itself refuses edits, deletions, overdrawn lots and settlements of nothing."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    """
    CREATE TRIGGER credit_entry_no_update BEFORE UPDATE ON billing_creditentry
    BEGIN SELECT RAISE(ABORT, 'credit entries are never edited'); END
    """,
    """
    CREATE TRIGGER credit_entry_no_delete BEFORE DELETE ON billing_creditentry
    BEGIN SELECT RAISE(ABORT, 'credit entries are never deleted'); END
    """,
    """
    CREATE TRIGGER credit_entry_guard BEFORE INSERT ON billing_creditentry
    BEGIN
      SELECT RAISE(ABORT, 'credit lot is of another room')
      WHERE NEW.lot_id IS NOT NULL AND NEW.room_id <> (
        SELECT room_id FROM billing_creditentry WHERE id = NEW.lot_id);
      SELECT RAISE(ABORT, 'credit lot overdrawn')
      WHERE NEW.kind IN ('reserved', 'expired', 'refunded') AND 0 > NEW.available + (
        SELECT available FROM billing_creditentry WHERE id = NEW.lot_id) + (
        SELECT COALESCE(SUM(available), 0) FROM billing_creditentry
        WHERE lot_id = NEW.lot_id AND kind IN ('reserved', 'expired', 'refunded'));
      SELECT RAISE(ABORT, 'nothing is reserved under this key')
      WHERE NEW.kind IN ('spent', 'released', 'forfeited') AND NOT EXISTS (
        SELECT 1 FROM billing_creditentry WHERE kind = 'reserved'
        AND room_id = NEW.room_id AND cause = 'reserve:' || SUBSTR(NEW.cause, 8));
      SELECT RAISE(ABORT, 'nothing was forfeited under this key')
      WHERE NEW.kind = 'restored' AND NOT EXISTS (
        SELECT 1 FROM billing_creditentry WHERE kind = 'forfeited'
        AND room_id = NEW.room_id AND cause = 'settle:' || SUBSTR(NEW.cause, 9));
    END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION credit_entry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'credit entries are never edited or deleted'
        USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER credit_entry_no_change BEFORE UPDATE OR DELETE ON billing_creditentry
    FOR EACH ROW EXECUTE FUNCTION credit_entry_refuse_change()
    """,
    """
    CREATE FUNCTION credit_entry_check() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      lot_room bigint;
      lot_size integer;
      taken integer;
    BEGIN
      IF NEW.lot_id IS NOT NULL THEN
        -- The lock makes two takers of one lot queue up, so that each sees the other's entry.
        SELECT room_id, available INTO lot_room, lot_size
          FROM billing_creditentry WHERE id = NEW.lot_id FOR UPDATE;
        IF lot_room <> NEW.room_id THEN
          RAISE EXCEPTION 'credit lot is of another room'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
      END IF;
      IF NEW.kind IN ('reserved', 'expired', 'refunded') THEN
        SELECT COALESCE(SUM(available), 0) INTO taken FROM billing_creditentry
          WHERE lot_id = NEW.lot_id AND kind IN ('reserved', 'expired', 'refunded');
        IF lot_size + taken + NEW.available < 0 THEN
          RAISE EXCEPTION 'credit lot overdrawn'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
      END IF;
      IF NEW.kind IN ('spent', 'released', 'forfeited') AND NOT EXISTS (
        SELECT 1 FROM billing_creditentry WHERE kind = 'reserved' AND room_id = NEW.room_id
          AND cause = 'reserve:' || SUBSTR(NEW.cause, 8)) THEN
        RAISE EXCEPTION 'nothing is reserved under this key'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF NEW.kind = 'restored' AND NOT EXISTS (
        SELECT 1 FROM billing_creditentry WHERE kind = 'forfeited' AND room_id = NEW.room_id
          AND cause = 'settle:' || SUBSTR(NEW.cause, 9)) THEN
        RAISE EXCEPTION 'nothing was forfeited under this key'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER credit_entry_guard BEFORE INSERT ON billing_creditentry
    FOR EACH ROW EXECUTE FUNCTION credit_entry_check()
    """,
]


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers in the dialect at hand."""
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(create)]
