"""The page News: what happened to the reader's things, new until it was seen there."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from alcove.core import jobs
from alcove.notifications.models import Notice, SwitchedOff
from alcove.people.models import Person
from tests.cast import NOW, Cast, at, book, book_confirmed


def page_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def badge(page: Any) -> Any:
    entries = page.context["navigation"]
    return next(entry.badge for entry in entries if entry.url == "/news/")


def test_news_lead_to_what_they_are_about(cast: Cast) -> None:
    appointment = book_confirmed(cast.couples_room, at(4, 9))
    jobs.run_due(NOW)

    [own] = page_of(cast.client).get("/news/").context["notices"]

    assert own.title == "Your session is confirmed"
    assert own.path == f"/live/{appointment.code}/"
    assert own.about_at == at(4, 9)


def test_nobody_is_told_on_a_page_what_they_did_themselves(cast: Cast) -> None:
    book(cast.couples_room, at(4, 9))
    jobs.run_due(NOW)

    told = {notice.person_id for notice in Notice.objects.all()}
    assert told == {cast.partner.pk, cast.provider.pk}


def test_news_are_new_once_and_counted_until_they_were_seen(cast: Cast) -> None:
    book(cast.room, at(4, 9))
    book(cast.strangers_room, at(5, 9))
    jobs.run_due(NOW)
    client = page_of(cast.provider)
    assert badge(client.get("/schedule/")) == 2

    first = client.get("/news/")
    again = client.get("/news/")

    assert first.content.decode().count('data-tone="info">New') == 2
    assert 'data-tone="info">New' not in again.content.decode()
    assert badge(again) is None


def test_browser_that_fetches_ahead_has_seen_nothing(cast: Cast) -> None:
    book(cast.room, at(4, 9))
    jobs.run_due(NOW)

    page_of(cast.provider).get("/news/", headers={"Sec-Purpose": "prefetch"})

    assert Notice.objects.filter(seen_at=None).count() == 1


def test_news_of_others_are_not_shown(cast: Cast) -> None:
    book_confirmed(cast.room, at(4, 9))
    jobs.run_due(NOW)

    page = page_of(cast.stranger).get("/news/")

    assert page.context["notices"] == []
    assert "No news yet" in page.content.decode()


def test_time_is_shown_on_the_clock_that_the_reader_has_now(cast: Cast) -> None:
    book_confirmed(cast.room, at(4, 9))
    jobs.run_due(NOW)
    Person.objects.filter(pk=cast.client.pk).update(time_zone="America/Lima")

    assert "Wed, Mar 4, 4:00 AM" in page_of(cast.client).get("/news/").content.decode()


def test_kind_that_was_switched_off_is_not_on_the_page(cast: Cast) -> None:
    SwitchedOff.objects.create(person=cast.client, kind="bookings", channel="product")

    book_confirmed(cast.room, at(4, 9))
    jobs.run_due(NOW)

    assert not Notice.objects.filter(person=cast.client).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_news_take_six_statements_however_many(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        book(cast.room, at(4, 9 + number))
    jobs.run_due(NOW)
    Notice.objects.update(seen_at=NOW + dt.timedelta(minutes=1))
    client = page_of(cast.provider)

    with django_assert_num_queries(6):
        assert len(client.get("/news/").context["notices"]) == rows
