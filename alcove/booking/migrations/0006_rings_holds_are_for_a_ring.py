"""What the flag of a ring's hold said, its purpose says now."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def name_purpose(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rings' holds become holds for a ring."""
    apps.get_model("booking", "SlotHold").objects.filter(rings=True).update(purpose="ring")


def raise_flag(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The way back."""
    apps.get_model("booking", "SlotHold").objects.filter(purpose="ring").update(rings=True)


class Migration(migrations.Migration):
    dependencies = [("booking", "0005_hold_purpose")]

    operations = [migrations.RunPython(name_purpose, raise_flag)]
