"""The audit log: one chain of rows that the database keeps as they were written."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction

from alcove.core import audit
from alcove.core.models import AuditHead, AuditRow
from tests.untouched import insert, refused_by_the_database, run_sql

NOW = dt.datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=dt.UTC)
ROW = {
    "happened_at": NOW,
    "actor": "person:1",
    "act": "looked",
    "subject": "room:X",
    "reason": "",
    "data": "{}",
}


def append(number: int, **fields: Any) -> AuditRow:
    words: dict[str, Any] = {"actor": "person:1", "act": "looked", "now": NOW}
    return audit.append(**words | {"subject": f"room:{number}"} | fields)


def broken() -> list[str]:
    return [*audit.broken_links(AuditRow.objects.order_by("sequence")), *audit.broken_end()]


def test_rows_follow_each_other(db: None) -> None:
    first, second, third = (append(number) for number in range(3))

    assert [row.sequence for row in (first, second, third)] == [1, 2, 3]
    assert (first.previous_hash, third.previous_hash) == (audit.BEGINNING, second.hash)
    assert AuditHead.objects.get().hash == third.hash
    assert broken() == []


def test_whatever_it_says_is_read_back_as_it_was_written(db: None) -> None:
    data = {"z": [1, None, True, "ñ 🙂 \u2028"], "a": {"big": 2**53, "empty": ""}, "b": '\\ "'}
    append(
        1,
        data=data,
        reason="Línea 1\nLínea 2",
        now=NOW.astimezone(dt.timezone(dt.timedelta(hours=-11))),
    )

    row = AuditRow.objects.get()

    assert row.data == data
    assert audit.hash_of(row) == row.hash
    assert broken() == []


@pytest.mark.parametrize("data", [{"price": 1.5}, {"when": [NOW]}, {1.0: "x"}])
def test_what_databases_keep_differently_is_not_taken(db: None, data: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="not for the audit log"):
        append(1, data=data)
    assert AuditRow.objects.count() == 0


def test_a_row_that_is_rolled_back_leaves_no_gap(db: None) -> None:
    append(1)
    with transaction.atomic():
        append(2)
        transaction.set_rollback(True)
    append(3)

    assert [row.subject for row in AuditRow.objects.order_by("sequence")] == ["room:1", "room:3"]
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_appended_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        append(1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditrow SET reason = 'another' WHERE sequence = 1",
        "UPDATE core_auditrow SET sequence = 9 WHERE sequence = 2",
        "DELETE FROM core_auditrow WHERE sequence = 2",
        "DELETE FROM core_auditrow",
    ],
)
def test_the_database_refuses_to_edit_and_to_delete(db: None, statement: str) -> None:
    append(1)
    append(2)

    with refused_by_the_database("never (edited|deleted)"):
        run_sql(statement)
    assert broken() == []


@pytest.mark.parametrize(
    ("sequence", "previous", "words"),
    [
        (2, "of 1", "(?i)unique"),  # a second row after the first
        (3, "of 1", "(does not follow|(?i:unique))"),
        (4, "of 2", "does not follow"),
        (3, "f" * 64, "does not follow"),
        (1, "f" * 64, "(?i)unique"),
        (0, "f" * 64, "audit_sequence_from_one"),
    ],
)
def test_the_database_refuses_a_fork_and_a_gap(
    db: None, sequence: int, previous: str, words: str
) -> None:
    hashes = {"of 1": append(1).hash, "of 2": append(2).hash}
    before = hashes.get(previous, previous)

    with refused_by_the_database(words):
        insert("core_auditrow", sequence=sequence, previous_hash=before, hash="a" * 64, **ROW)


def test_the_log_has_one_end(db: None) -> None:
    append(1)

    with refused_by_the_database("audit_head_is_one_row"):
        run_sql("UPDATE core_audithead SET id = 2")


def test_an_end_that_was_noted_shows_a_log_that_was_cut_off(db: None) -> None:
    """Rows and the note of the end cut back together are a whole chain: only a noted end tells."""
    for number in range(3):
        append(number)
    noted = audit.end_words()
    assert noted.startswith("3:")
    append(3)
    assert audit.is_still_there(noted)
    assert not any(map(audit.is_still_there, ["", "x", "3", "3:", "9:" + "0" * 64, "٣:" + noted]))

    _allow_edits()
    run_sql("DELETE FROM core_auditrow WHERE sequence > 2")
    second = AuditRow.objects.get(sequence=2)
    AuditHead.objects.update(sequence=2, hash=second.hash)

    assert broken() == []
    assert not audit.is_still_there(noted)


def _allow_edits() -> None:
    if connection.vendor == "postgresql":
        run_sql("ALTER TABLE core_auditrow DISABLE TRIGGER USER")
    else:
        run_sql("DROP TRIGGER audit_row_no_delete")
