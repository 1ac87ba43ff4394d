"""The database itself refuses to edit or delete rows of the audit log, or to put any in between."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    """
    CREATE TRIGGER audit_row_no_update BEFORE UPDATE ON core_auditrow
    BEGIN SELECT RAISE(ABORT, 'audit rows are never edited'); END
    """,
    """
    CREATE TRIGGER audit_row_no_delete BEFORE DELETE ON core_auditrow
    BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END
    """,
    """
    CREATE TRIGGER audit_row_follows BEFORE INSERT ON core_auditrow
    WHEN NEW.sequence > 1 AND NOT EXISTS (
      SELECT 1 FROM core_auditrow
      WHERE sequence = NEW.sequence - 1 AND hash = NEW.previous_hash)
    BEGIN SELECT RAISE(ABORT, 'audit row does not follow the last one'); END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION audit_row_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'audit rows are never edited or deleted'
        USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER audit_row_no_change BEFORE UPDATE OR DELETE ON core_auditrow
    FOR EACH ROW EXECUTE FUNCTION audit_row_refuse_change()
    """,
    """
    CREATE FUNCTION audit_row_check() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.sequence > 1 AND NOT EXISTS (
        SELECT 1 FROM core_auditrow
        WHERE sequence = NEW.sequence - 1 AND hash = NEW.previous_hash) THEN
        RAISE EXCEPTION 'audit row does not follow the last one'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_row_follows BEFORE INSERT ON core_auditrow
    FOR EACH ROW EXECUTE FUNCTION audit_row_check()
    """,
]


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers in the dialect at hand."""
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The log begins without rows."""
    apps.get_model("core", "AuditHead").objects.create(id=1, sequence=0, hash="0" * 64)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_log")]
    operations = [migrations.RunPython(create), migrations.RunPython(begin)]
