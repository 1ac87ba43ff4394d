"""The database itself refuses two overlapping claims on one person's time."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Ends are not part of a span: sessions that touch do not overlap.
SQLITE = [
    """
    CREATE TRIGGER time_claim_no_overlap_insert BEFORE INSERT ON booking_timeclaim
    BEGIN
      SELECT RAISE(ABORT, 'time claims of one person overlap')
      WHERE EXISTS (
        SELECT 1 FROM booking_timeclaim WHERE person_id = NEW.person_id
        AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at);
    END
    """,
    """
    CREATE TRIGGER time_claim_no_overlap_update BEFORE UPDATE ON booking_timeclaim
    BEGIN
      SELECT RAISE(ABORT, 'time claims of one person overlap')
      WHERE EXISTS (
        SELECT 1 FROM booking_timeclaim WHERE person_id = NEW.person_id AND id <> OLD.id
        AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at);
    END
    """,
]

POSTGRESQL = [
    """
    ALTER TABLE booking_timeclaim ADD CONSTRAINT time_claim_no_overlap EXCLUDE USING gist (
      int8range(person_id, person_id, '[]') WITH &&,
      tstzrange(starts_at, ends_at) WITH &&)
    """
]


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the guard in the dialect at hand."""
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_initial")]
    operations = [migrations.RunPython(create)]
