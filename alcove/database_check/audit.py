"""Whether the audit log is the one that was written."""

import datetime as dt
from collections.abc import Iterator

from alcove.core.audit import broken_end, broken_links
from alcove.core.models import AuditRow


def tampered(now: dt.datetime) -> Iterator[str]:
    """Rows of the audit log that were edited, removed, swapped or put in between."""
    yield from broken_links(AuditRow.objects.order_by("sequence").iterator(chunk_size=2000))
    yield from broken_end()
