"""Staff's outbox: what went out, what waits, what failed; and who looked."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alcove.core import jobs
from alcove.core.models import AuditRow, Job
from alcove.notifications.models import Delivery
from tests.cast import NOW, Cast, at, book_confirmed

OUTBOX = "/staff/outbox/"


def make_letter(number: int, **fields: object) -> Delivery:
    return Delivery.objects.create(
        **{
            "address": "cora@example.org",
            "subject": f"Letter {number}",
            "text": "See https://sessions.example.org/schedule/",
            "state": "kept",
            "created_at": NOW,
            **fields,
        }
    )


def looks() -> list[tuple[str, str]]:
    rows = AuditRow.objects.filter(act="looked").order_by("sequence")
    return [(row.actor, row.subject) for row in rows]


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def test_list_shows_the_latest_first_and_records_the_look(cast: Cast, staff: Client) -> None:
    make_letter(1)
    make_letter(2, state="failed")

    response = staff.get(OUTBOX)

    page = response.content.decode()
    assert response.status_code == 200
    assert page.index("Letter 2") < page.index("Letter 1")
    assert looks() == [(cast.staff.key, "outbox")]


def test_list_shows_one_state_where_wished(staff: Client) -> None:
    make_letter(1)
    make_letter(2, state="failed")

    page = staff.get(OUTBOX, {"state": "failed"}).content.decode()

    assert "Letter 2" in page
    assert "Letter 1" not in page


def test_list_with_an_unknown_state_or_page_shows_what_there_is(staff: Client) -> None:
    make_letter(1)

    assert "Letter 1" in staff.get(OUTBOX, {"state": "lost", "page": "nine"}).content.decode()


def test_empty_list_says_so(staff: Client) -> None:
    assert "No messages here" in staff.get(OUTBOX).content.decode()


def test_list_asks_the_database_as_often_for_three_as_for_one(staff: Client) -> None:
    counts = []
    for letters in ([1], [2, 3]):
        for number in letters:
            make_letter(number)
        with CaptureQueriesContext(connection) as queries:
            staff.get(OUTBOX)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_letter_shows_text_and_calendar_and_records_the_look(cast: Cast, staff: Client) -> None:
    book_confirmed(cast.room, at(4, 9))
    jobs.run_due(NOW)
    letter = Delivery.objects.get(person=cast.client, event__kind="appointment.confirmed")

    response = staff.get(reverse("support:letter", args=[letter.pk]))
    file = staff.get(reverse("support:letter_calendar", args=[letter.pk]))

    page = response.content.decode()
    assert "BEGIN:VCALENDAR" in page
    assert "Wed, Mar 4, 10:00 AM" in page
    assert file.content.decode() == letter.calendar
    assert file["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert looks() == [(cast.staff.key, letter.key), (cast.staff.key, letter.key)]


def test_kept_sign_in_letter_is_readable_and_a_waiting_one_is_not(staff: Client) -> None:
    kept = make_letter(1, text="Your code is 123456")
    waiting = make_letter(2, text="Your code is 654321", state="waiting")

    assert "123456" in staff.get(f"{OUTBOX}{kept.pk}/").content.decode()
    assert "654321" not in staff.get(f"{OUTBOX}{waiting.pk}/").content.decode()


@pytest.mark.parametrize("who", ["admin", "staff", "provider"])
def test_kept_key_of_somebody_of_the_practice_is_for_admins(
    cast: Cast, staff: Client, who: str
) -> None:
    """Else staff would sign in as an admin, or read rooms as their provider."""
    letter = make_letter(1, address=getattr(cast, who).email.upper(), text="Your code: ABCD-EFGH")
    page = f"{OUTBOX}{letter.pk}/"

    answer = staff.get(page).content.decode()
    staff.force_login(cast.admin)

    assert "ABCD-EFGH" not in answer
    assert "Only admins can see it." in answer
    assert "ABCD-EFGH" in staff.get(page).content.decode()


def test_failed_letter_is_sent_again_once(cast: Cast, staff: Client) -> None:
    letter = make_letter(1, state="failed", last_error="550 No", attempts=1)
    address = f"{OUTBOX}{letter.pk}/"
    assert "Send again" in staff.get(address).content.decode()

    first = staff.post(address, {"idempotency_key": "a"})
    second = staff.post(address, {"idempotency_key": "b"})

    assert (first.status_code, first["Location"]) == (302, address)
    assert second.status_code == 409
    letter.refresh_from_db()
    assert (letter.state, letter.last_error) == ("waiting", "")
    assert Job.objects.get(unique_key=letter.key).kind == "notifications.send"
    rows = AuditRow.objects.filter(act="delivery.sent_again")
    assert [(row.actor, row.subject) for row in rows] == [(cast.staff.key, letter.key)]


def test_letter_without_calendar_has_no_file(staff: Client) -> None:
    letter = make_letter(1)

    assert staff.get(f"{OUTBOX}{letter.pk}/session.ics").status_code == 404


def test_pages_exist_for_staff_only(cast: Cast, client: Client) -> None:
    letter = make_letter(1, state="failed", calendar="BEGIN:VCALENDAR\r\n")
    pages = [OUTBOX, f"{OUTBOX}{letter.pk}/", f"{OUTBOX}{letter.pk}/session.ics"]
    everybody = ("client", "partner", "provider", "second_provider", "staff", "stranger")
    statuses = {}

    for role in everybody:
        client.force_login(getattr(cast, role))
        statuses[role] = [client.get(page).status_code for page in pages]
        if role != "staff":
            assert client.post(pages[1]).status_code == 404
    client.logout()

    assert statuses == {role: [200 if role == "staff" else 404] * 3 for role in everybody}
    assert {client.get(page).status_code for page in pages} == {302}
    assert {actor for actor, _subject in looks()} == {cast.staff.key}
