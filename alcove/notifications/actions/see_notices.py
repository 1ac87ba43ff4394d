"""Noting that somebody has seen what they were told in the product."""

import datetime as dt

from alcove.notifications.models import Notice
from alcove.people.models import Person


def see_notices(*, actor: Person, up_to: int, now: dt.datetime) -> None:
    """Note the actor's notices up to this one as seen; those that came later stay unseen."""
    Notice.objects.filter(person=actor, seen_at=None, pk__lte=up_to).update(seen_at=now)
