"""Names and addresses as a search sees them."""

from typing import Any

from django.db import migrations

from alcove.core.folding import fold
from alcove.people.models import FoldedField


def fold_names(apps: Any, schema_editor: Any) -> None:
    """People from before there was a search get their folded names."""
    people = apps.get_model("people", "Person").objects
    found = list(people.all())
    for person in found:
        person.folded = fold(f"{person.name} {person.email}")
    people.bulk_update(found, ["folded"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_set_up_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="folded",
            field=FoldedField(blank=True, default="", editable=False, max_length=500),
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop, elidable=True),
    ]
