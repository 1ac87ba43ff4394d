"""The support desk: finding, looking, and that every look is on record."""

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from alcove.booking.models import Appointment
from alcove.core import jobs
from alcove.core.models import AuditRow
from alcove.people.actions.change_settings import change_settings
from alcove.people.models import Person
from alcove.rooms.actions.post_message import post_message
from alcove.support.actions.ask_support import ask_support
from alcove.support.models import SupportRequest
from tests.cast import NOW, Cast, at, book, book_confirmed, hold, hold_to_move, make_person
from tests.test_every_route import names

HOME = "/staff/"


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def found(staff: Client, words: str) -> str:
    return staff.get(HOME, {"q": words}).content.decode()


@pytest.mark.parametrize(
    "words",
    ["cora", "CLIENT cora", "cora@example", "  Cora   Cl ", "cora@example.org"],
)
def test_a_person_is_found_by_any_part_of_name_and_address(
    cast: Cast, staff: Client, words: str
) -> None:
    page = found(staff, words)

    assert reverse("desk:person", args=[cast.client.pk]) in page
    assert reverse("desk:person", args=[cast.partner.pk]) not in page


def test_accents_and_case_do_not_matter(cast: Cast, staff: Client) -> None:
    person = make_person("Begoña Núñez-Ángel")

    for words in ("begona", "NUNEZ", "núñez ángel", "angel begoña"):
        assert reverse("desk:person", args=[person.pk]) in found(staff, words)


def test_who_takes_another_name_is_found_by_it(cast: Cast, staff: Client) -> None:
    change_settings(actor=cast.client, now=NOW, name="Corinna Neu")

    assert reverse("desk:person", args=[cast.client.pk]) in found(staff, "corinna neu")
    assert "Nothing fits" in found(staff, "cora client")


def test_rooms_and_sessions_are_found_by_code_however_it_was_read_aloud(
    cast: Cast, staff: Client
) -> None:
    Appointment.objects.filter(pk=book(cast.room, at(4, 9)).pk).update(code="0123456789AB")

    for words in ("0123456789ab", "o123 4567 89AB", "Ol23-4567-89ab"):
        assert reverse("desk:session", args=["0123456789AB"]) in found(staff, words)
    assert reverse("desk:room", args=[cast.room.code]) in found(staff, cast.room.code.lower())


@pytest.mark.parametrize("words", ["zzz", "%", "_", "\\", "cora%", "' OR 1=1 --", "a\0b" * 90])
def test_what_fits_nobody_says_so(cast: Cast, staff: Client, words: str) -> None:
    assert "Nothing fits" in found(staff, words)


def test_the_search_asks_as_often_for_ten_thousand_people_as_for_ten(
    cast: Cast, staff: Client
) -> None:
    counts, page = [], found(staff, "cora")
    for many in (0, 10_000):
        Person.objects.bulk_create(
            Person(
                email=f"p{number}@example.org", name=f"Pia Number{number}", password="!",
                time_zone="UTC", joined_at=NOW,
            )
            for number in range(many)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            page = found(staff, "cora")
        counts.append(len(queries))

    assert counts[0] == counts[1] == 13
    assert "Cora Client" in page
    page = found(staff, "pia")
    assert page.count('href="/staff/people/') == 25
    assert "There are more: type more letters." in page


def test_the_desk_says_what_waits(cast: Cast, staff: Client) -> None:
    book_confirmed(cast.room, at(4, 9))
    jobs.run_due(NOW)
    letters = apps.get_model("notifications", "Delivery").objects
    letters.filter(person=cast.client).update(state="failed")

    page = staff.get(HOME).content.decode()

    assert "None waits for a decision" in page
    assert "have failed" in page
    assert f"{reverse('support:outbox')}?state=failed" in page


def test_words_of_a_room_are_shown_on_no_page_of_the_desk(cast: Cast, staff: Client) -> None:
    secret = "Only between us two"
    post_message(actor=cast.client, room_code=cast.room.code, text=secret, files=[], now=NOW)
    code = book_confirmed(cast.room, at(4, 9)).code
    jobs.run_due(NOW)

    for address in addresses(cast, code).values():
        assert secret not in staff.get(address).content.decode()


def addresses(cast: Cast, code: str) -> dict[str, str]:
    """Every page of the desk that shows a client's data, with the key that its look names."""
    held = hold(cast.couples_room, at(5, 9), actor=cast.staff, for_client=True)
    other = book_confirmed(cast.second_room, at(6, 15))
    moving = hold_to_move(other, at(9, 15), actor=cast.staff, for_client=True)
    arguments: dict[str, list[str | int]] = {
        "person": [cast.client.pk],
        "room": [cast.room.code],
        "book_type": [cast.room.code],
        "book_time": [cast.room.code],
        "book": [held.code],
        "review_move": [moving.code],
        "session": [code],
        "move": [code],
        "cancel": [code],
    }
    asked = ask_support(
        actor=cast.client, address="", words="Where is it?", page=f"/schedule/{code}/", now=NOW
    )
    arguments |= {"requests": [], "request": [asked.code]}
    return {name: reverse(f"desk:{name}", args=args) for name, args in arguments.items()}


# Pages of the desk that show nobody's data: numbers and the machinery.
SHOW_NOBODY = {"home", "health"}
# Shown to admins alone; its own test is in test_audit_page.
FOR_ADMINS = {"audit"}


def test_every_look_at_a_clients_data_is_on_record(
    cast: Cast, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alcove.core.clock.now", lambda: NOW)
    code = book_confirmed(cast.room, at(4, 9)).code
    pages = addresses(cast, code)
    ours = {name.removeprefix("desk:") for name in names(get_resolver().url_patterns)
            if name.startswith("desk:")}  # fmt: skip
    assert set(pages) | SHOW_NOBODY | FOR_ADMINS == ours

    subjects = {}
    for name, address in pages.items():
        before = AuditRow.objects.count()
        assert staff.get(address).status_code == 200, name
        rows = list(AuditRow.objects.order_by("sequence")[before:])
        assert [(row.actor, row.act) for row in rows] == [(cast.staff.key, "looked")], name
        subjects[name] = rows[0].subject
    staff.get(HOME, {"q": "cora"})

    session = f"appointment:{code}"
    assert subjects == {
        "person": cast.client.key,
        **dict.fromkeys(["room", "book_type", "book_time"], cast.room.key),
        "book": cast.couples_room.key,
        "review_move": f"appointment:{Appointment.objects.get(room=cast.second_room).code}",
        "requests": "support",
        "request": f"support:{SupportRequest.objects.get().code}",
        **dict.fromkeys(["session", "move", "cancel"], session),
    }
    assert AuditRow.objects.latest("sequence").subject == "search"


def test_the_person_page_shows_roles_rooms_sessions_and_messages(cast: Cast, staff: Client) -> None:
    book_confirmed(cast.couples_room, at(4, 9))
    jobs.run_due(NOW)

    page = staff.get(reverse("desk:person", args=[cast.partner.pk])).content.decode()

    for words in ("paul@example.org", "Partner", "America/Lima", "here as Partner"):
        assert words in page
    assert "Your session is confirmed! Mark your calendar." in page


def test_the_session_is_told_as_each_of_its_people_reads_it(cast: Cast, staff: Client) -> None:
    Person.objects.filter(pk=cast.partner.pk).update(language="es")
    code = book_confirmed(cast.couples_room, at(4, 9)).code
    page = reverse("desk:session", args=[code])

    assert "Cora Client booked this live session." in staff.get(page).content.decode()
    as_owner = staff.get(page, {"as": "owner"}).content.decode()
    as_partner = staff.get(page, {"as": "partner"}).content.decode()

    assert "You booked this live session." in as_owner
    assert "Cora Client reservó" in as_partner
    # Lima is six hours behind Berlin.
    assert "04:00" in as_partner


@pytest.mark.parametrize(("name", "most"), [("person", 24), ("room", 24), ("session", 26)])
def test_pages_ask_as_often_for_three_as_for_one(
    cast: Cast, staff: Client, name: str, most: int
) -> None:
    code = book_confirmed(cast.room, at(4, 9)).code
    jobs.run_due(NOW)
    argument = {"person": cast.client.pk, "room": cast.room.code, "session": code}[name]
    address = reverse(f"desk:{name}", args=[argument])
    counts = []
    for day in (0, 5, 6):
        if day:
            book_confirmed(cast.room, at(day, 9))
            jobs.run_due(NOW)
        with CaptureQueriesContext(connection) as queries:
            staff.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2] <= most
