"""Tampering with the audit log, past the guards of the database, is found and named."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alcove.core.models import AuditRow
from alcove.database_check import audit
from alcove.database_check.run import CHECKS, broken
from alcove.people.actions.record_act import record_act
from alcove.people.actions.record_look import record_look
from tests.cast import NOW, Cast
from tests.untouched import run_sql

SENTENCES = ("The audit log is as it was written", "The audit log ends where it should")


def written(cast: Cast) -> list[AuditRow]:
    """Five rows, as staff would leave them."""
    for subject in ("outbox", cast.client.key, cast.room.key):
        record_look(actor=cast.staff, subject=subject, now=NOW)
    for act in ("cancelled", "moved"):
        record_act(
            actor=cast.admin, act=act, subject="appointment:X", reason="Asked by phone", now=NOW
        )
    return list(AuditRow.objects.order_by("sequence"))


def without_guards() -> None:
    """Take the triggers away, until the test's transaction is rolled back."""
    if connection.vendor == "postgresql":
        run_sql("ALTER TABLE core_auditrow DISABLE TRIGGER USER")
        return
    for name in ("audit_row_no_update", "audit_row_no_delete", "audit_row_follows"):
        run_sql(f"DROP TRIGGER {name}")


def found() -> list[str]:
    places = broken(NOW)
    return [place for sentence in SENTENCES for place in places.get(sentence, [])]


def test_an_untouched_log_holds(cast: Cast) -> None:
    written(cast)

    assert broken(NOW) == {}


@pytest.mark.parametrize(
    "change",
    ["reason = 'Nobody asked'", "actor = 'person:0'", "act = 'looked'", "subject = 'outbox'",
     "happened_at = '2026-03-02 09:00:01+00'", "data = '{\"a\": 1}'"],
)  # fmt: skip
def test_an_edited_row_is_found(cast: Cast, change: str) -> None:
    written(cast)
    without_guards()
    if connection.vendor == "sqlite":
        change = change.replace("+00", "")

    run_sql(f"UPDATE core_auditrow SET {change} WHERE sequence = 4")

    assert found() == ["row 4 is not what was written"]


def test_an_edited_row_with_a_hash_made_anew_is_found(cast: Cast) -> None:
    from alcove.core.audit import hash_of  # noqa: PLC0415 - what a forger would use

    row = written(cast)[3]
    without_guards()
    row.reason = "Nobody asked"

    run_sql(
        "UPDATE core_auditrow SET reason = %s, hash = %s WHERE sequence = 4",
        row.reason,
        hash_of(row),
    )

    assert found() == ["row 5 does not follow the row before it"]


@pytest.mark.parametrize("sequence", [1, 3])
def test_a_removed_row_is_found(cast: Cast, sequence: int) -> None:
    written(cast)
    without_guards()

    run_sql("DELETE FROM core_auditrow WHERE sequence = %s", sequence)

    assert found() == [f"row {sequence} is missing before row {sequence + 1}"]


def test_a_removed_row_whose_place_was_closed_is_found(cast: Cast) -> None:
    written(cast)
    without_guards()

    run_sql("DELETE FROM core_auditrow WHERE sequence = 5")
    assert found() == ["the log ends at row 4, and should at row 5"]
    run_sql("DELETE FROM core_auditrow WHERE sequence = 3")
    run_sql("UPDATE core_auditrow SET sequence = 3 WHERE sequence = 4")

    assert "row 3 does not follow the row before it" in found()


def test_swapped_rows_are_found(cast: Cast) -> None:
    written(cast)
    without_guards()

    for old, new in ((2, 99), (3, 2), (99, 3)):
        run_sql("UPDATE core_auditrow SET sequence = %s WHERE sequence = %s", new, old)

    assert found() == [
        "row 2 does not follow the row before it",
        "row 2 is not what was written",
        "row 3 does not follow the row before it",
        "row 3 is not what was written",
        "row 4 does not follow the row before it",
    ]


def test_an_emptied_log_is_found(cast: Cast) -> None:
    written(cast)
    without_guards()

    run_sql("DELETE FROM core_auditrow")

    assert found() == ["the log ends at row 0, and should at row 5"]


def test_a_long_log_is_read_in_short_statements_of_their_own(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in one would keep whoever books waiting for longer than they do, on SQLite."""
    written(cast)
    monkeypatch.setattr(audit, "AT_ONCE", 2)

    with CaptureQueriesContext(connection) as queries:
        assert found() == []

    reading = [one["sql"] for one in queries.captured_queries if "LIMIT 2" in one["sql"]]
    assert len(reading) == 4
    assert [check.sentence for check in CHECKS if check.is_apart] == [SENTENCES[0]]
