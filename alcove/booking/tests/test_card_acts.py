"""What each reader can do from the cards in a room's messages."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from alcove.booking.card_acts import acts_on_sessions
from alcove.booking.models import Appointment, Status
from alcove.core.jobs import run_due
from alcove.people.models import Person
from tests.cast import NOW, Cast, at, book, book_confirmed, cancel


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with travel(NOW, tick=False):
        yield


def labels(cast: Cast, who: str, session: Appointment, now: dt.datetime = NOW) -> list[str]:
    acts = acts_on_sessions(getattr(cast, who), [session.code], now)
    return [act.label for act in acts.get(session.code, [])]


def page(cast: Cast, person: Person) -> str:
    client = Client()
    client.force_login(person)
    return client.get(f"/rooms/{cast.couples_room.code}/").content.decode()


def test_a_request_is_answered_by_its_provider_and_moved_by_its_owner(cast: Cast) -> None:
    session = book(cast.couples_room, at(4, 9))
    who = ("client", "partner", "provider", "second_provider", "staff", "stranger")

    assert {one: labels(cast, one, session) for one in who} == {
        "client": ["Reschedule", "Cancel"],
        "partner": [],
        "provider": ["Confirm", "Decline"],
        "second_provider": [],
        "staff": [],
        "stranger": [],
    }


def test_what_is_settled_or_begun_offers_nothing(cast: Cast) -> None:
    confirmed = book_confirmed(cast.couples_room, at(4, 9))
    cancelled = cancel(book_confirmed(cast.couples_room, at(5, 9)))

    assert labels(cast, "provider", confirmed) == ["Cancel"]
    assert labels(cast, "client", confirmed, at(4, 9)) == []
    assert labels(cast, "client", cancelled) == []


def test_a_lapsed_request_cannot_be_confirmed_from_its_card(cast: Cast) -> None:
    session = book(cast.couples_room, at(4, 9))

    assert "Confirm" not in labels(cast, "provider", session, session.confirm_by)


def test_the_provider_confirms_in_the_room_and_stays_there(cast: Cast) -> None:
    session = book(cast.couples_room, at(4, 9))
    run_due(NOW)
    assert 'name="in_room"' in page(cast, cast.provider)
    client = Client()
    client.force_login(cast.provider)

    answer = client.post(
        f"/schedule/requests/{session.code}/", {"answer": "confirm", "in_room": "1"}
    )

    session.refresh_from_db()
    assert session.status == Status.CONFIRMED
    assert answer["Location"] == f"/rooms/{cast.couples_room.code}/#newest"


def test_only_the_newest_card_about_a_session_offers_anything(cast: Cast) -> None:
    book_confirmed(cast.couples_room, at(4, 9))
    run_due(NOW)

    html = page(cast, cast.client)

    assert html.count("message-card__title") == 2
    assert html.count("data-acts") == 1
    assert html.index("confirmed") < html.index("data-acts")


def test_cards_cost_one_statement_however_many_there_are(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sessions = [book(cast.couples_room, at(day, 9)) for day in (4, 5, 6)]

    with django_assert_num_queries(1):
        acts_on_sessions(cast.provider, [one.code for one in sessions], NOW)
