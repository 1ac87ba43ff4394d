"""Whether the audit log is the one that was written."""

import datetime as dt
from collections.abc import Iterator

from alcove.core.audit import broken_end, broken_links
from alcove.core.models import AuditRow

AT_ONCE = 2000


def tampered(now: dt.datetime) -> Iterator[str]:
    """Rows of the audit log that were edited, removed, swapped or put in between."""
    yield from broken_links(_rows())


def cut_off(now: dt.datetime) -> Iterator[str]:
    """Whether the log ends where it should."""
    yield from broken_end()


def _rows() -> Iterator[AuditRow]:
    """Every row in its order, in short statements: a long log must not keep writers waiting."""
    last = 0
    while rows := list(AuditRow.objects.filter(sequence__gt=last).order_by("sequence")[:AT_ONCE]):
        yield from rows
        last = rows[-1].sequence
