"""The audit log: what staff looked at and did, in one chain of rows that shows any tampering.

Each row carries the SHA-256 of its own words and of the hash before it. Rows are appended one at a
time, never edited and never removed; the database refuses that (migration 0003), and
``broken_links`` finds what somebody did who went round the database's guards. Whoever can write
every table could also cut the end off, or write a whole new chain; they cannot give it the same
last hash, so one that was noted elsewhere shows that (``alcove check`` tells and takes one).
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from alcove.core.models import AuditHead, AuditRow

# What the first row names as the hash before it.
BEGINNING = "0" * 64
LOOK = "looked"


def append(
    *,
    actor: str,
    act: str,
    subject: str,
    now: dt.datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> AuditRow:
    """Add a row at the log's end, in the caller's transaction; others who append wait until it ends.

    ``data`` holds plain texts, whole numbers and truth values, nested at will: fractions are not
    kept alike by every database. Raises TypeError for others.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("append to the audit log in the transaction that makes the change")
    _require_plain(data or {})
    head = _hold_head()
    row = AuditRow(
        sequence=head.sequence + 1,
        happened_at=now,
        actor=actor,
        act=act,
        subject=subject,
        reason=reason,
        data=data or {},
        previous_hash=head.hash,
    )
    row.hash = hash_of(row)
    row.save(force_insert=True)
    head.sequence, head.hash = row.sequence, row.hash
    head.save(update_fields=["sequence", "hash"])
    return row


def hash_of(row: AuditRow) -> str:
    """The SHA-256 of what the row says and of the hash before it, in hexadecimal digits."""
    words = {
        "sequence": row.sequence,
        "happened_at": row.happened_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "actor": row.actor,
        "act": row.act,
        "subject": row.subject,
        "reason": row.reason,
        "data": row.data,
        "previous_hash": row.previous_hash,
    }
    # One spelling: sorted, without spaces, ASCII.
    text = json.dumps(words, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def broken_links(rows: Iterable[AuditRow], *, after: AuditRow | None = None) -> Iterator[str]:
    """Each place where rows, in their order, are no chain; ``after`` is the row before the first.

    Rows that were left out, swapped or edited each break it.
    """
    sequence, previous = (after.sequence, after.hash) if after else (0, BEGINNING)
    for row in rows:
        if row.sequence != sequence + 1:
            yield f"row {sequence + 1} is missing before row {row.sequence}"
        elif row.previous_hash != previous:
            yield f"row {row.sequence} does not follow the row before it"
        if hash_of(row) != row.hash:
            yield f"row {row.sequence} is not what was written"
        sequence, previous = row.sequence, row.hash


def broken_end() -> Iterator[str]:
    """Whether the last row is the one at which the log ends."""
    head = AuditHead.objects.first()
    last = AuditRow.objects.order_by("-sequence").first()
    ends = (head.sequence, head.hash) if head else (0, BEGINNING)
    if ends != ((last.sequence, last.hash) if last else (0, BEGINNING)):
        yield f"the log ends at row {last.sequence if last else 0}, and should at row {ends[0]}"


def end_words() -> str:
    """The number and the hash of the last row, to be noted elsewhere; empty without rows."""
    head = AuditHead.objects.first()
    return f"{head.sequence}:{head.hash}" if head and head.sequence else ""


def is_still_there(noted: str) -> bool:
    """Whether the row that ``end_words`` told of is in the log as it was then."""
    number, _colon, digest = noted.strip().partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return False
    return AuditRow.objects.filter(sequence=int(number), hash=digest).exists()


def _hold_head() -> AuditHead:
    """The log's end, locked until the transaction ends (SQLite's transactions are alone anyway)."""
    head, _is_new = AuditHead.objects.select_for_update().get_or_create(
        pk=AuditHead.ONLY, defaults={"hash": BEGINNING}
    )
    return head


def _require_plain(value: object) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _require_plain(key)
            _require_plain(inner)
    elif isinstance(value, list):
        for inner in value:
            _require_plain(inner)
    elif not (value is None or isinstance(value, str | int)):
        raise TypeError(f"not for the audit log: {type(value).__name__}")
