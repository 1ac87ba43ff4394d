"""Messages from before there was a search get their folded words, and count as seen."""

from typing import Any

from django.db import migrations
from django.db.models import Max

from alcove.core.folding import fold

BATCH = 1000


def fold_messages(apps: Any, schema_editor: Any) -> None:
    """Fill what is empty, in batches by key: years of messages do not fit into memory."""
    messages = apps.get_model("rooms", "Message").objects.exclude(body="").filter(folded="")
    last = 0
    while found := list(messages.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for message in found:
            message.folded = fold(message.body)
        apps.get_model("rooms", "Message").objects.bulk_update(found, ["folded"])
        last = found[-1].pk


def mark_as_seen(apps: Any, schema_editor: Any) -> None:
    """Nobody noted what was read so far; months of it as new would help nobody."""
    newest = apps.get_model("rooms", "Message").objects.values("room").annotate(newest=Max("pk"))
    memberships = apps.get_model("rooms", "Membership").objects
    for line in newest:
        memberships.filter(room=line["room"], read_up_to=0).update(read_up_to=line["newest"])


class Migration(migrations.Migration):
    """Fold what was written; start counting with what is unread from now on."""

    dependencies = [("rooms", "0003_messages_and_invitations")]

    operations = [
        migrations.RunPython(fold_messages, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(mark_as_seen, migrations.RunPython.noop, elidable=True),
    ]
