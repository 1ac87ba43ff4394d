"""Staff's list of problem reports: who may see it, what it says, what it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alcove.core.errors import NotFound
from alcove.core.models import AuditRow
from alcove.live.access import entry_for
from alcove.live.actions.handle_problem import handle_problem
from alcove.live.actions.join import join_session
from alcove.live.actions.note import report_problem
from alcove.live.models import Problem
from tests.cast import NOW, Cast, at, book_confirmed
from tests.untouched import refused, refused_by_the_database, run_sql


@pytest.fixture
def code(cast: Cast) -> str:
    """A session that the client has joined."""
    code = book_confirmed(cast.room, at(3, 9)).code
    entry = entry_for(cast.client, code, now=at(3, 9))
    join_session(
        entry=entry, epoch="page", device="page", socket="s", take_over=False, now=at(3, 9)
    )
    return code


def report(cast: Cast, code: str, words: str) -> None:
    """One more report by the client."""
    entry = entry_for(cast.client, code, now=at(3, 9, 5))
    report_problem(entry=entry, kind="sound", words=words, now=at(3, 9, 5))


def test_staff_read_what_was_reported_and_the_look_is_on_record(
    cast: Cast, code: str, client: Client
) -> None:
    report(cast, code, "I hear <nothing>")
    client.force_login(cast.staff)

    page = client.get(reverse("problems")).content.decode()

    assert "I hear &lt;nothing&gt;" in page
    assert "The sound" in page
    assert AuditRow.objects.filter(act="looked", subject="problems").count() == 1


@pytest.mark.parametrize("who", ["client", "provider", "stranger"])
def test_the_list_does_not_exist_for_others(cast: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(cast, who))

    assert client.get(reverse("problems")).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(
    cast: Cast, code: str, client: Client
) -> None:
    client.force_login(cast.staff)
    counts = []
    for words in (["one"], ["two", "three"]):
        for word in words:
            report(cast, code, word)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("problems"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_report_is_seen_to_once_and_leaves_the_list(cast: Cast, code: str, client: Client) -> None:
    report(cast, code, "No sound at all")
    client.force_login(cast.staff)
    [row] = Problem.objects.all()

    assert "1 waits for somebody" in client.get(reverse("desk:home")).content.decode()
    assert client.post(reverse("problems"), {"problem": row.pk}).status_code == 302

    row.refresh_from_db()
    assert (row.handled_by, row.handled_at is not None) == (cast.staff, True)
    act = AuditRow.objects.get(act="problem.handled")
    assert (act.actor, act.subject) == (cast.staff.key, f"appointment:{code}")
    assert "No sound at all" not in client.get(reverse("problems")).content.decode()
    seen = client.get(reverse("problems"), {"state": "handled"}).content.decode()
    assert "No sound at all" in seen
    assert "Sam Staff" in seen
    assert client.post(reverse("problems"), {"problem": row.pk}).status_code == 409
    assert client.post(reverse("problems"), {"problem": "x"}).status_code == 422


def test_only_staff_see_to_reports(cast: Cast, code: str, client: Client) -> None:
    report(cast, code, "No sound at all")
    row = Problem.objects.get()

    for person in (cast.client, cast.provider, cast.stranger):
        with refused(NotFound):
            handle_problem(actor=person, problem=row.pk, now=NOW)
        client.force_login(person)
        assert client.post(reverse("problems"), {"problem": row.pk}).status_code == 404


def test_database_knows_who_saw_to_a_report(cast: Cast, code: str) -> None:
    report(cast, code, "No sound at all")

    with refused_by_the_database("problem_handled_by_somebody"):
        run_sql("UPDATE live_problem SET handled_at = reported_at")
