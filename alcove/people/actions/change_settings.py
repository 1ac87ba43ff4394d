"""A person's own settings."""

import datetime as dt

from alcove.people.models import Person


def change_settings(*, actor: Person, now: dt.datetime, **changes: str) -> Person:
    """Set the person's own name, time_zone or language; validated values expected.

    Raises ValidationError for a zone or language that does not exist.
    """
    for field, value in changes.items():
        setattr(actor, field, value)
    actor.full_clean(exclude=["password"])
    actor.save(update_fields=list(changes))
    return actor
