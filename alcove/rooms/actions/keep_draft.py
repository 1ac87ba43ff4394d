"""Words that are not sent yet."""

import datetime as dt

from alcove.people.models import Person
from alcove.rooms.access import membership_for
from alcove.rooms.actions.post_message import LONGEST, cleaned
from alcove.rooms.models import Draft


def keep_draft(*, actor: Person, room_code: str, text: str, now: dt.datetime) -> None:
    """Keep what the actor has begun to write, for them alone; no words forget it.

    What is longer than a message may be is kept to that length. Raises NotFound for people who are
    no members.
    """
    membership = membership_for(actor, room_code)
    words = cleaned(text)[:LONGEST]
    if words:
        Draft.objects.update_or_create(
            membership=membership, defaults={"body": words, "changed_at": now}
        )
    else:
        Draft.objects.filter(membership=membership).delete()
