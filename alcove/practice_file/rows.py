"""Bringing one row to what a file says."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from alcove.practice_file.problems import Problem, Refused
from alcove.practice_file.summary import Outcome


def bring_to(row: models.Model, values: dict[str, Any], *, line: int) -> Outcome:
    """Give the row these values, and save it if that changes anything.

    Raises Refused when the model's own rules speak against them.
    """
    is_new = row._state.adding  # noqa: SLF001 - Django documents it
    changed = [field for field, value in values.items() if getattr(row, field) != value]
    if not is_new and not changed:
        return "unchanged"
    for field in changed:
        setattr(row, field, values[field])
    try:
        # Relations were looked up, not typed: cleaning them would ask the database again.
        row.clean_fields(exclude=_relations(row))
        row.validate_constraints()
    except ValidationError as error:
        raise Refused([Problem(line, text) for text in error.messages]) from error
    if is_new:
        row.save(force_insert=True)
        return "added"
    row.save(update_fields=changed)
    return "changed"


def _relations(row: models.Model) -> list[str]:
    fields = row._meta.fields  # noqa: SLF001 - Django documents it
    return [field.name for field in fields if field.is_relation]
