"""The provider's requests: the list, the page of one, and the answer."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.lapse import lapse_appointment
from alcove.booking.models import Appointment, Ending, Status
from alcove.core.models import Event
from tests.cast import NOW, Cast, at, book, book_confirmed, move
from tests.visitors import signed_in

REQUESTS = "/schedule/requests/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with travel(NOW, tick=False):
        yield


def page_of(appointment: Appointment) -> str:
    return f"{REQUESTS}{appointment.code}/"


def kinds_after_booking() -> list[str]:
    kinds = Event.objects.exclude(kind="appointment.requested").order_by("id")
    return list(kinds.values_list("kind", flat=True))


def test_list_shows_requests_with_the_earliest_deadline_first(cast: Cast) -> None:
    later = book(cast.room, at(5, 9))
    sooner = book(cast.couples_room, at(2, 13))  # to be answered by 12:00 in Berlin
    book_confirmed(cast.strangers_room, at(6, 9))

    page = signed_in(cast.provider).get(REQUESTS)

    text = page.content.decode()
    assert text.count('<article class="appointment-card') == 2
    assert text.index(page_of(sooner)) < text.index(page_of(later))
    assert "Cora Client and Paul Partner" in text
    assert "Video session, 45 minutes" in text
    assert "Answer by Mon, Mar 2, 12:00 PM" in text
    assert "Answer by Tue, Mar 3, 10:00 AM" in text
    assert text.count("Answer soon") == 1
    assert "Stig Stranger" not in text


def test_list_without_requests_says_so(cast: Cast) -> None:
    page = signed_in(cast.provider).get(REQUESTS)

    assert "Nothing waits for your answer" in page.content.decode()


def test_list_leaves_out_requests_past_their_deadline(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))

    with travel(appointment.confirm_by, tick=False):
        page = signed_in(cast.provider).get(REQUESTS)

    assert "Nothing waits for your answer" in page.content.decode()


def test_list_is_for_providers_and_shows_nobody_elses(cast: Cast) -> None:
    book(cast.room, at(5, 9))

    found = {
        name: signed_in(getattr(cast, name)).get(REQUESTS).status_code
        for name in ("client", "partner", "staff", "stranger")
    }

    assert found == {"client": 403, "partner": 403, "staff": 403, "stranger": 403}
    assert Client().get(REQUESTS).status_code == 302
    others = signed_in(cast.second_provider).get(REQUESTS).content.decode()
    assert "Nothing waits for your answer" in others


def test_list_asks_the_database_as_often_for_one_request_as_for_three(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.provider)
    book(cast.room, at(5, 9))
    with django_assert_num_queries(7):
        client.get(REQUESTS)

    book(cast.couples_room, at(5, 11))
    book(cast.strangers_room, at(6, 9))
    with django_assert_num_queries(7):
        client.get(REQUESTS)


def test_request_is_open_to_its_provider_only(cast: Cast) -> None:
    path = page_of(book(cast.couples_room, at(5, 9)))
    names = ("provider", "client", "partner", "second_provider", "staff", "stranger")

    seen = {name: signed_in(getattr(cast, name)).get(path).status_code for name in names}
    answered = {
        name: signed_in(getattr(cast, name)).post(path, {"answer": "confirm"}).status_code
        for name in names
        if name != "provider"
    }

    others = {
        "client": 403,
        "partner": 403,
        "second_provider": 404,
        "staff": 404,
        "stranger": 404,
    }
    assert seen == {"provider": 200, **others}
    assert answered == others
    assert Client().get(path).status_code == 302
    assert Appointment.objects.get().status == Status.REQUESTED


def test_request_shows_the_other_sessions_of_its_day(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))
    book_confirmed(cast.strangers_room, at(5, 13), length=30)
    book_confirmed(cast.couples_room, at(6, 9))

    text = signed_in(cast.provider).get(page_of(appointment)).content.decode()

    assert "Thursday, March 5, 10:00 AM – 10:45 AM" in text
    assert "Also on Thursday, March 5" in text
    assert "2:00 PM – 2:30 PM" in text
    assert "Stig Stranger" in text
    assert "Paul Partner" not in text


def test_request_is_shown_in_the_providers_zone(cast: Cast) -> None:
    appointment = book(cast.second_room, at(5, 15))

    text = signed_in(cast.second_provider).get(page_of(appointment)).content.decode()

    assert "10:00 AM – 10:45 AM" in text
    assert "New York (GMT-5)" in text


def test_moved_request_names_its_former_time(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(5, 9))
    client = signed_in(cast.provider)

    before = client.get(page_of(appointment)).content.decode()
    move(appointment, at(6, 13))
    after = client.get(page_of(appointment)).content.decode()

    assert "Moved from" not in before
    assert "Moved from Thu, Mar 5, 10:00 AM" in after
    assert "Friday, March 6, 2:00 PM" in after


def test_confirming_confirms_once_and_goes_on(cast: Cast) -> None:
    path = page_of(book(cast.room, at(5, 9)))
    client = signed_in(cast.provider)

    first = client.post(path, {"answer": "confirm", "idempotency_key": "k"})
    second = client.post(path, {"answer": "confirm", "idempotency_key": "k"})

    assert (first["Location"], second["Location"]) == (REQUESTS, REQUESTS)
    assert Appointment.objects.get().status == Status.CONFIRMED
    assert kinds_after_booking() == ["appointment.confirmed"]
    assert "Confirmed. Everybody in the room is told." in client.get(REQUESTS).content.decode()


def test_declining_keeps_the_word_for_the_client(cast: Cast) -> None:
    path = page_of(book(cast.room, at(5, 9)))

    answer = signed_in(cast.provider).post(path, {"answer": "decline", "words": "I am away."})

    assert answer["Location"] == REQUESTS
    assert Appointment.objects.get().status == Status.DECLINED
    ending = Ending.objects.get()
    assert (ending.words, ending.ended_by) == ("I am away.", cast.provider)


@pytest.mark.parametrize(
    "typed", [{"answer": "decline", "words": "x" * 1001}, {"answer": "maybe"}, {}]
)
def test_wrong_answer_changes_nothing_and_keeps_the_words(
    cast: Cast, typed: dict[str, str]
) -> None:
    path = page_of(book(cast.room, at(5, 9)))

    page = signed_in(cast.provider).post(path, typed)

    assert page.status_code == 422
    assert typed.get("words", "") in page.content.decode()
    assert Appointment.objects.get().status == Status.REQUESTED


def test_confirmed_request_has_nothing_left_to_answer(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))
    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)
    client = signed_in(cast.provider)

    seen = client.get(page_of(appointment))
    posted = client.post(page_of(appointment), {"answer": "decline"})

    for page in (seen, posted):
        text = page.content.decode()
        assert "There is nothing left to answer" in text
        assert "This live session is confirmed." in text
        assert f'href="/schedule/{appointment.code}/"' in text
        assert 'name="answer"' not in text
    assert (seen.status_code, posted.status_code) == (200, 409)
    assert Appointment.objects.get().status == Status.CONFIRMED


def test_cancelled_request_tells_who_cancelled_and_when(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))
    cancel_appointment(
        actor=cast.client,
        code=appointment.code,
        reason=cast.reason,
        words="",
        agreed="free",
        now=NOW,
    )

    page = signed_in(cast.provider).post(page_of(appointment), {"answer": "confirm"})

    assert page.status_code == 409
    assert "Cancelled by Cora Client on Mon, Mar 2, 10:00 AM." in page.content.decode()


def test_declined_request_tells_that_you_declined(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))
    client = signed_in(cast.provider)
    client.post(page_of(appointment), {"answer": "decline"})

    page = client.get(page_of(appointment))

    assert "Declined by you on Mon, Mar 2, 10:00 AM." in page.content.decode()


@pytest.mark.parametrize("is_swept", [True, False])
def test_lapsed_request_tells_when_its_time_ended(cast: Cast, is_swept: bool) -> None:
    appointment = book(cast.room, at(5, 9))
    late = appointment.confirm_by + dt.timedelta(seconds=5)
    if is_swept:
        lapse_appointment(appointment=appointment, now=late)

    with travel(late, tick=False):
        page = signed_in(cast.provider).post(page_of(appointment), {"answer": "confirm"})

    assert page.status_code == 409
    assert "ended on Tue, Mar 3, 10:00 AM" in page.content.decode()
    assert Appointment.objects.get().status == (Status.LAPSED if is_swept else Status.REQUESTED)
