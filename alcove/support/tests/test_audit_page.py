"""The audit log's page: for admins, in words, by person, date and act, with its verdict."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import alcove
from alcove.people.actions.record_act import record_act
from alcove.people.actions.record_look import record_look
from alcove.support.wording import about_words, act_words
from tests.cast import NOW, Cast, at, book
from tests.untouched import run_sql

AUDIT = "/staff/audit/"


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.admin)
    return client


@pytest.fixture
def code(cast: Cast) -> str:
    """A session of the client; staff looked at people and cancelled it, day after day."""
    session = book(cast.room, at(6, 9))
    record_look(actor=cast.staff, subject=cast.client.key, now=at(2, 9))
    record_look(actor=cast.staff, subject=cast.stranger.key, now=at(3, 9))
    record_act(
        actor=cast.staff,
        act="appointment.cancelled",
        subject=session.key,
        reason="Asked by phone",
        data={"due": "credit", "cost": "free"},
        now=at(4, 9),
    )
    return session.code


def rows(page: str) -> int:
    return page.count('<th scope="row">')


def test_rows_are_told_in_words_with_links(cast: Cast, admin: Client, code: str) -> None:
    page = admin.get(AUDIT).content.decode()

    for words in (
        "Sam Staff",
        "looked at",
        "Cora Client",
        "cancelled for the client",
        "cost waived",
        "Asked by phone",
        f"Live session {code}",
        reverse("desk:session", args=[code]),
    ):
        assert words in page
    assert "every one is as it was written" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"person": "cora@example.org"}, 2),  # themself, and their session
        ({"person": "STIG@example.org"}, 1),
        ({"person": "sam@example.org"}, 3),  # who did it
        ({"since": "2026-03-03", "until": "2026-03-03"}, 1),
        ({"since": "2026-03-03", "until": "2026-03-04"}, 2),
        ({"act": "appointment.cancelled"}, 1),
        ({"person": "cora@example.org", "act": "appointment.cancelled"}, 1),
        ({"person": "petra@example.org"}, 1),  # the session is the provider's, too
    ],
)
def test_rows_are_filtered(admin: Client, code: str, query: dict[str, str], count: int) -> None:
    assert rows(admin.get(AUDIT, query).content.decode()) == count


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"person": "nobody@example.org"}, "Nobody has this address."),
        ({"since": "yesterday"}, "Enter a valid date."),
        ({"act": "odd"}, "Select a valid choice."),
    ],
)
def test_a_wish_that_cannot_be_met_says_so(
    admin: Client, code: str, query: dict[str, str], words: str
) -> None:
    assert words in admin.get(AUDIT, query).content.decode()


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31", "1999-12-31"])
def test_dates_at_the_edges_of_the_calendar_are_refused(
    admin: Client, code: str, date: str
) -> None:
    answer = admin.get(AUDIT, {"since": date, "until": date})

    assert answer.status_code == 200
    assert "Ensure this value" in answer.content.decode()


def test_looking_at_the_log_is_in_the_log(cast: Cast, admin: Client, code: str) -> None:
    admin.get(AUDIT)

    assert "The audit log" in admin.get(AUDIT, {"person": "ada@example.org"}).content.decode()


def test_tampering_shows_on_the_page(admin: Client, code: str) -> None:
    if connection.vendor == "postgresql":
        run_sql("ALTER TABLE core_auditrow DISABLE TRIGGER USER")
    else:
        run_sql("DROP TRIGGER audit_row_no_update")
    run_sql("UPDATE core_auditrow SET reason = 'Nobody asked' WHERE sequence = 3")

    page = admin.get(AUDIT).content.decode()

    assert "The log is not as it was written" in page
    assert "row 3 is not what was written" in page


@pytest.mark.parametrize("who", ["client", "provider", "staff", "stranger"])
def test_the_log_does_not_exist_for_others(cast: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(cast, who))

    assert client.get(AUDIT).status_code == 404


def test_the_page_costs_the_same_for_few_and_for_many(cast: Cast, admin: Client) -> None:
    counts = []
    for many in (1, 3, 60):
        for number in range(many):
            subject = [cast.client, cast.partner, cast.stranger][number % 3].key
            record_look(actor=cast.staff, subject=subject, now=NOW + dt.timedelta(minutes=number))
        with CaptureQueriesContext(connection) as queries:
            page = admin.get(AUDIT).content.decode()
        counts.append(len(queries))
        assert rows(page) <= 50

    assert counts[0] == counts[1] == counts[2]


def test_a_long_log_is_verified_at_its_end(
    admin: Client, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alcove.support.views.audit.MOST_VERIFIED", 2)

    page = admin.get(AUDIT).content.decode()

    assert "The latest 2 rows are as they were written." in page


def test_every_act_and_every_look_of_the_product_has_words() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for path in Path(alcove.__file__).parent.rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
    ]
    acts = {
        act
        for source in sources
        for act in re.findall(r'(?:act=|on_record\()"([a-z_.]+)"', source)
        + [f"reason.{act}" for act in re.findall(r'_record\("([a-z_]+)", reason', source)]
    }
    places = {
        place
        for source in sources
        for place in re.findall(r'record_look\([^)]*subject="([a-z_]+)"', source)
    }

    assert {"looked", "slot.held", "payment.recorded", "reason.raised"} <= acts | {"looked"}
    assert [act for act in sorted(acts) if act_words(act) == act] == []
    assert {"deletions", "outbox"} <= places
    assert [place for place in sorted(places) if about_words(place) == place] == []
