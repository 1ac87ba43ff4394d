"""A person's own settings."""

import datetime as dt

from alcove.people.models import Person


def change_settings(*, actor: Person, now: dt.datetime, **changes: str) -> Person:
    """Set the person's own name, time_zone or language; validated values expected.

    Raises ValidationError for a zone or language that does not exist.
    """
    for field, value in changes.items():
        setattr(actor, field, value)
    # What is not changed may be older than today's rules.
    kept = [field.name for field in Person._meta.fields if field.name not in changes]  # noqa: SLF001 - Django documents it
    actor.clean_fields(exclude=kept)
    actor.save(update_fields=list(changes))
    return actor
