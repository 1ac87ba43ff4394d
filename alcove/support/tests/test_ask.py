"""Asking the practice for help, from every page, and the answers."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alcove.core.errors import NotFound
from alcove.core.models import AuditRow
from alcove.rooms.models import Room
from alcove.support.actions.ask_support import MOST_OPEN, ask_support
from alcove.support.actions.settle_request import answer_request, close_request
from alcove.support.context import about_of, page_of
from alcove.support.errors import AlreadySettled, TooManyOpenRequests
from alcove.support.models import SupportRequest
from tests.cast import NOW, Cast, at, book
from tests.untouched import insert, refused, refused_by_the_database, run_sql

ASK = "/support/"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def asked_by(cast: Cast, words: str = "Where do I find it?", page: str = "") -> SupportRequest:
    return ask_support(actor=cast.client, address="", words=words, page=page, now=NOW)


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/schedule/0123456789AB/", "/schedule/0123456789AB/"),
        ("/rooms/search/?q=my+secret", "/rooms/search/"),
        ("/rooms/invitations/AbCdEfGhIjKlMnOpQrStUvWxYz/", "/rooms/invitations/…/"),
        ("https://elsewhere.example/", ""),
        ("//elsewhere.example/", ""),
        ("javascript:alert(1)", ""),
        ("/a\\b", ""),
        ("/a\nb", ""),
        ("", ""),
    ],
)
def test_a_page_is_kept_without_what_could_open_a_door(address: str, page: str) -> None:
    assert page_of(address) == page


def test_a_session_or_room_is_named_where_it_is_the_askers_own(cast: Cast) -> None:
    own, others = book(cast.room, at(4, 9)), book(cast.strangers_room, at(5, 9))

    assert about_of(f"/schedule/{own.code}/", cast.client) == own.key
    assert about_of(f"/rooms/{cast.room.code}/", cast.client) == cast.room.key
    for foreign in (f"/schedule/{others.code}/", f"/rooms/{cast.strangers_room.code}/"):
        assert about_of(foreign, cast.client) == ""


def test_every_page_leads_to_the_form_with_its_own_address(cast: Cast, client: Client) -> None:
    client.force_login(cast.client)
    for page in ("/schedule/", "/rooms/", "/you/", f"/rooms/{cast.room.code}/"):
        link = f"{ASK}?from=".encode()
        assert link in client.get(page).content, page
    client.logout()
    assert b"/support/" in client.get("/account/login/").content
    assert b"/support/" in client.get("/nowhere/").content


def test_what_goes_with_a_question_is_shown_before_it_is_sent(cast: Cast, client: Client) -> None:
    code = book(cast.room, at(4, 9)).code
    client.force_login(cast.client)

    page = client.get(ASK, {"from": f"/schedule/{code}/"}).content.decode()

    assert f"/schedule/{code}/</dd>" in page
    assert f"Live session {code}</dd>" in page


@pytest.mark.parametrize(
    ("address", "way_back"),
    [
        ("/plan/", 'href="/plan/">Back'),
        ("/rooms/invitations/AbCdEfGhIjKlMnOpQrStUvWxYz/", ""),
        ("https://elsewhere.example/", ""),
    ],
)
def test_who_asks_finds_the_way_back(
    cast: Cast, client: Client, address: str, way_back: str
) -> None:
    client.force_login(cast.client)

    page = client.get(ASK, {"from": address}).content.decode()

    if way_back:
        assert way_back in page
    else:
        assert ">Back<" not in page


def test_a_question_reaches_staff_and_the_answer_the_asker(cast: Cast, client: Client) -> None:
    code = book(cast.room, at(4, 9)).code
    client.force_login(cast.client)
    sent = client.post(ASK, {"words": "I cannot join.", "page": f"/schedule/{code}/"})
    asked = SupportRequest.objects.get()
    assert sent["Location"] == reverse("ask:one", args=[asked.code])
    assert "It waits for an answer." in client.get(sent["Location"]).content.decode()

    staff = Client()
    staff.force_login(cast.staff)
    assert "I cannot join." in staff.get(reverse("desk:requests")).content.decode()
    address = reverse("desk:request", args=[asked.code])
    page = staff.get(address).content.decode()
    assert reverse("desk:session", args=[code]) in page
    empty = staff.post(address, {"act": "answer", "words": " "})
    assert empty.status_code == 422
    assert staff.post(address, {"act": "answer", "words": "Try again."}).status_code == 302
    again = staff.post(address, {"act": "answer", "words": "Another"})

    assert again.status_code == 409
    assert "Try again." in again.content.decode()
    assert "Try again." in client.get(sent["Location"]).content.decode()
    assert AuditRow.objects.get(act="support.answered").subject == asked.key


def test_staff_answer_again_and_nobody_answers_what_a_colleague_just_did(
    cast: Cast, client: Client
) -> None:
    asked = asked_by(cast)
    address, staff = reverse("desk:request", args=[asked.code]), Client()
    staff.force_login(cast.staff)
    staff.post(address, {"words": "Try again.", "version": "open.0"})

    page = staff.get(address).content.decode()
    assert "Answer again" in page
    assert "Close without an answer" not in page
    further = {"words": "Or by telephone.", "version": "answered.0"}
    assert staff.post(address, further).status_code == 302
    late = staff.post(address, {"words": "A third", "version": "answered.0"})

    assert late.status_code == 409
    assert "Or by telephone." in late.content.decode()
    assert 'value="answered.1"' in late.content.decode()
    client.force_login(cast.client)
    own = client.get(reverse("ask:one", args=[asked.code])).content.decode()
    assert "Try again." in own
    assert "Or by telephone." in own
    assert AuditRow.objects.filter(act="support.answered").count() == 2
    with refused(AlreadySettled):
        close_request(actor=cast.staff, code=asked.code, now=NOW)


def test_what_was_closed_can_be_answered_after_all(cast: Cast) -> None:
    code = asked_by(cast).code
    close_request(actor=cast.staff, code=code, now=NOW)

    answered = answer_request(
        actor=cast.staff, code=code, answer="Found it", version="closed.0", now=NOW
    )

    assert (answered.state, answered.answer) == ("answered", "Found it")


def test_database_keeps_no_further_answer_without_words(cast: Cast) -> None:
    row = {"request_id": asked_by(cast).pk, "words": "", "answered_at": NOW}

    with refused_by_the_database("further_answer_has_words"):
        insert("support_furtheranswer", **row)


def test_wrong_input_keeps_what_goes_with_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.client)

    answer = client.post(ASK, {"words": "", "page": "/schedule/"})

    assert answer.status_code == 422
    assert "Please say in a few words what we can help you with." in answer.content.decode()
    assert "/schedule/</dd>" in answer.content.decode()
    assert not SupportRequest.objects.exists()


def test_who_is_not_signed_in_asks_by_address(cast: Cast, client: Client) -> None:
    wrong = client.post(ASK, {"words": "I cannot sign in.", "address": "no address"})
    sent = client.post(ASK, {"words": "I cannot sign in.", "address": "Who@Example.org"})

    assert (wrong.status_code, sent.status_code) == (422, 302)
    asked = SupportRequest.objects.get()
    assert (asked.asked_by, asked.address, asked.about) == (None, "who@example.org", "")
    assert "Thank you. The answer comes by e-mail." in client.get(ASK).content.decode()


def test_asking_on_and_on_is_stopped(cast: Cast, client: Client) -> None:
    client.force_login(cast.client)
    statuses = [
        client.post(ASK, {"words": f"Question {number}"}).status_code for number in range(5)
    ]
    visitor = [
        Client().post(ASK, {"words": "Help", "address": f"{n}@example.org"}).status_code
        for n in range(5)
    ]

    assert statuses == [302, 302, 302, 429, 429]
    assert visitor == [302, 302, 302, 429, 429]
    assert SupportRequest.objects.count() == 6


def test_a_pile_of_open_questions_grows_no_further(cast: Cast) -> None:
    for number in range(MOST_OPEN):
        asked_by(cast, f"Question {number}")

    with refused(TooManyOpenRequests):
        asked_by(cast)


def test_an_address_that_is_too_long_is_refused_where_it_stands(client: Client, db: None) -> None:
    address = "x" * 60 + "@" + ".".join(["y" * 60] * 4) + ".example"

    answer = client.post(ASK, {"words": "Help", "address": address, "page": ""})

    assert len(address) > 254
    assert answer.status_code == 422
    assert not SupportRequest.objects.exists()


def test_a_stranger_uses_up_nothing_of_what_a_person_may_ask(cast: Cast) -> None:
    for number in range(MOST_OPEN):
        ask_support(actor=None, address=cast.client.email, words=f"Spam {number}", page="", now=NOW)

    assert asked_by(cast).asked_by == cast.client
    with refused(TooManyOpenRequests):
        ask_support(actor=None, address="CORA@example.org", words="More", page="", now=NOW)


def test_the_second_of_two_colleagues_is_told(cast: Cast) -> None:
    code = asked_by(cast).code
    close_request(actor=cast.staff, code=code, now=NOW)

    with refused(AlreadySettled):
        answer_request(actor=cast.admin, code=code, answer="Here", now=NOW)
    with refused(NotFound):
        answer_request(actor=cast.client, code=code, answer="Here", now=NOW)
    with refused(NotFound):
        close_request(actor=cast.staff, code="NOSUCHCODE00", now=NOW)


def test_the_database_keeps_state_and_answer_together(cast: Cast) -> None:
    asked_by(cast)
    table = "support_supportrequest"

    for change in (
        "state = 'answered'",
        "state = 'closed'",
        "state = 'odd'",
        "answer = 'Here'",
        "settled_at = asked_at",
        "state = 'answered', settled_at = asked_at",
    ):
        with refused_by_the_database("support_request_state_fits"):
            run_sql(f"UPDATE {table} SET {change}")
    run_sql(f"UPDATE {table} SET state = 'answered', answer = 'Here', settled_at = asked_at")
    with refused_by_the_database("(?i)unique"):
        code = SupportRequest.objects.get().code
        columns = dict.fromkeys(("words", "page", "about", "answer"), "")
        insert(table, code=code, address="a@b.org", state="open", asked_at=NOW, **columns)


@pytest.mark.parametrize("who", ["partner", "provider", "staff", "stranger"])
def test_a_question_is_its_askers_own(cast: Cast, client: Client, who: str) -> None:
    code = asked_by(cast).code
    client.force_login(getattr(cast, who))

    assert client.get(reverse("ask:one", args=[code])).status_code == 404
    if who != "staff":
        assert client.get(reverse("desk:request", args=[code])).status_code == 404
        assert client.post(reverse("desk:request", args=[code])).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(cast: Cast, client: Client) -> None:
    client.force_login(cast.staff)
    counts = []
    for words in (["a"], ["b", "c"]):
        for one in words:
            asked_by(cast, one)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("desk:requests"))
        counts.append(len(queries))

    assert counts[0] == counts[1] == 12


def test_rooms_that_are_left_are_not_named(cast: Cast) -> None:
    room = Room.objects.get(pk=cast.couples_room.pk)
    room.memberships.filter(person=cast.partner).delete()

    assert about_of(f"/rooms/{room.code}/", cast.partner) == ""
