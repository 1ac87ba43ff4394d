"""The database itself refuses a partner in an individual room."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_SQLITE_MEMBERSHIP = """
    CREATE TRIGGER {name} BEFORE {act} ON rooms_membership
    WHEN NEW.role = 'partner'
    BEGIN
      SELECT RAISE(ABORT, 'an individual room has no partner')
      WHERE NOT EXISTS (SELECT 1 FROM rooms_room WHERE id = NEW.room_id AND kind = 'couples');
    END
"""
SQLITE = [
    _SQLITE_MEMBERSHIP.format(name="partner_in_couples_room_insert", act="INSERT"),
    _SQLITE_MEMBERSHIP.format(name="partner_in_couples_room_update", act="UPDATE"),
    """
    CREATE TRIGGER room_with_partner_stays_couples BEFORE UPDATE ON rooms_room
    WHEN NEW.kind <> 'couples'
    BEGIN
      SELECT RAISE(ABORT, 'an individual room has no partner')
      WHERE EXISTS (
        SELECT 1 FROM rooms_membership WHERE room_id = NEW.id AND role = 'partner');
    END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION membership_partner_check() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.role = 'partner' THEN
        -- The lock keeps the room's kind as it is until this partner can be seen by others.
        PERFORM 1 FROM rooms_room WHERE id = NEW.room_id AND kind = 'couples' FOR SHARE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'an individual room has no partner'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER partner_in_couples_room BEFORE INSERT OR UPDATE ON rooms_membership
    FOR EACH ROW EXECUTE FUNCTION membership_partner_check()
    """,
    """
    CREATE FUNCTION room_partner_check() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.kind <> 'couples' AND EXISTS (
        SELECT 1 FROM rooms_membership WHERE room_id = NEW.id AND role = 'partner') THEN
        RAISE EXCEPTION 'an individual room has no partner'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER room_with_partner_stays_couples BEFORE UPDATE ON rooms_room
    FOR EACH ROW EXECUTE FUNCTION room_partner_check()
    """,
]


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the guards in the dialect at hand."""
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("rooms", "0005_couples_rooms")]
    operations = [migrations.RunPython(create)]
