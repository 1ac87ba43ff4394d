"""The client's pages of starting now: the offer, the ring, the waiting (R16)."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from alcove.availability.actions.become_available import become_available
from alcove.availability.models import ProviderCalendar
from alcove.booking.actions.accept_ring import accept_ring
from alcove.booking.actions.decline_ring import decline_ring
from alcove.booking.actions.withdraw_ring import withdraw_ring
from alcove.booking.models import Appointment, Ring
from alcove.core import jobs
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, at, book, ring
from tests.visitors import signed_in

TWO_MINUTES = dt.timedelta(minutes=2)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    cache.clear()  # the limit of rings a minute: here all tests share one
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def available(cast: Cast) -> None:
    become_available(actor=cast.provider, minutes=60, now=NOW)


def start_page(room: Room) -> str:
    return f"/schedule/new/{room.code}/now/"


def waiting_page(found: Ring) -> str:
    return f"/schedule/ringing/{found.code}/"


def state_of(found: Ring) -> str:
    return f"/schedule/rings/{found.code}/state/"


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_offer_stands_on_the_way_to_booking_while_the_provider_is_available(
    cast: Cast, available: None
) -> None:
    client = signed_in(cast.client)
    steps = ["/schedule/new/", f"/schedule/new/{cast.room.code}/"]

    choose, choose_type = (text_of(client, path) for path in steps)
    assert choose.count("Available now") == 2  # the two rooms with this provider, not the third
    assert "Petra Provider is available now" in choose_type
    assert f'href="{start_page(cast.room)}"' in choose_type

    with travel(NOW + dt.timedelta(minutes=60), tick=False):
        choose, choose_type = (text_of(client, path) for path in steps)
    assert "Available now" not in choose
    assert "available now" not in choose_type


def test_offer_is_left_out_while_nothing_could_start(cast: Cast, available: None) -> None:
    ProviderCalendar.objects.update(minimum_notice_minutes=0)
    book(cast.strangers_room, at(2, 9, 15))

    assert "available now" not in text_of(
        signed_in(cast.client), f"/schedule/new/{cast.room.code}/"
    )


def test_page_offers_what_can_start_and_says_what_it_spends(cast: Cast, available: None) -> None:
    ProviderCalendar.objects.update(minimum_notice_minutes=0)
    book(cast.strangers_room, at(2, 9, 45))

    text = text_of(signed_in(cast.client), start_page(cast.room))

    for value in ("video.30", "audio.30", "chat.30"):
        assert f'value="{value}"' in text
    for value in ("video.45", "video.60", "audio.45"):
        assert f'value="{value}"' not in text
    assert "takes <strong>1 session credit</strong>" in text
    assert "It can then no longer be moved or cancelled." in text
    assert "within two minutes, or you stop ringing, nothing is spent" in text
    assert "4 session credits left." in text


def test_page_says_why_nothing_can_start(cast: Cast) -> None:
    client = signed_in(cast.client)
    assert "takes no immediate sessions" in text_of(client, start_page(cast.room))

    become_available(actor=cast.provider, minutes=60, now=NOW)
    ring(cast.strangers_room)
    text = text_of(client, start_page(cast.room))
    assert "cannot start at this moment" in text
    assert "Stig" not in text

    for hour in range(9, 13):
        book(cast.room, at(4, hour))
    assert "There is no session credit left for this room." in text_of(
        client, start_page(cast.room)
    )


def test_ringing_leads_to_the_waiting_page_and_back_to_it(cast: Cast, available: None) -> None:
    client = signed_in(cast.client)

    answer = client.post(start_page(cast.room), {"session": "video.45"})

    found = Ring.objects.get()
    assert answer["Location"] == waiting_page(found)
    assert client.get(start_page(cast.room))["Location"] == waiting_page(found)
    page = client.get(waiting_page(found)).content.decode()
    assert "Ringing Petra Provider" in page
    assert f'data-url="{state_of(found)}"' in page
    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in page
    assert "Stop ringing" in page


def test_double_click_rings_once(cast: Cast, available: None) -> None:
    client = signed_in(cast.client)

    answers = [
        client.post(start_page(cast.room), {"session": "video.45", "idempotency_key": key})
        for key in ("one", "one", "two")
    ]

    assert {answer["Location"] for answer in answers} == {waiting_page(Ring.objects.get())}


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({}, 422, "Please choose a session type and length."),
        ({"session": "video"}, 422, "Please choose a session type and length."),
        ({"session": "video.9999"}, 422, "Please choose a session type and length."),
        ({"session": "chat.45"}, 422, "not part of your plan"),
        ({"session": "video.50"}, 422, "not part of your plan"),
    ],
)
def test_wrong_choice_is_told_and_rings_nobody(
    cast: Cast, available: None, typed: dict[str, str], status: int, words: str
) -> None:
    page = signed_in(cast.client).post(start_page(cast.room), typed)

    assert page.status_code == status
    assert words in page.content.decode()
    assert not Ring.objects.exists()


def test_refusal_is_told_on_the_page(cast: Cast, available: None) -> None:
    ring(cast.strangers_room)

    page = signed_in(cast.client).post(start_page(cast.room), {"session": "video.45"})

    assert page.status_code == 409
    assert "cannot start at this moment" in page.content.decode()


def test_somebody_who_rings_on_and_on_is_slowed_down(cast: Cast, available: None) -> None:
    client = signed_in(cast.client)
    for _ in range(6):
        client.post(start_page(cast.room), {"session": "video.45"})
        withdraw_ring(actor=cast.client, code=Ring.objects.latest("id").code, now=NOW)

    assert client.post(start_page(cast.room), {"session": "video.45"}).status_code == 429
    assert Ring.objects.count() == 6


def test_pages_are_open_to_who_schedules_in_the_room_only(cast: Cast, available: None) -> None:
    found = ring(cast.couples_room)
    names = ("client", "partner", "provider", "second_provider", "staff", "stranger")

    def statuses(path: str, *, post: bool = False) -> list[int]:
        clients = [signed_in(getattr(cast, name)) for name in names[1:]]
        return [
            (client.post(path, {"session": "video.45"}) if post else client.get(path)).status_code
            for client in clients
        ]

    for path in (start_page(cast.couples_room), waiting_page(found)):
        for post in (False, True):
            assert statuses(path, post=post) == [403, 403, 404, 404, 404]
        assert Client().get(path).status_code == 302
    assert statuses(state_of(found)) == [200, 200, 404, 404, 404]
    found.refresh_from_db()
    assert found.answer == ""


def test_waiting_page_goes_to_the_session_once_accepted(cast: Cast, available: None) -> None:
    client, found = signed_in(cast.client), ring(cast.room)
    assert client.get(state_of(found)).json() == {"state": "ringing", "url": waiting_page(found)}

    live = f"/live/{accept_ring(actor=cast.provider, code=found.code, now=NOW).code}/"

    assert client.get(state_of(found)).json() == {"state": "accepted", "url": live}
    assert client.get(waiting_page(found))["Location"] == live
    assert client.post(waiting_page(found))["Location"] == live  # withdrawn a moment too late


def test_withdrawing_says_that_nothing_was_spent(cast: Cast, available: None) -> None:
    client, found = signed_in(cast.client), ring(cast.room)

    page = client.post(waiting_page(found), follow=True)

    text = page.content.decode()
    assert page.redirect_chain == [(waiting_page(found), 302)]
    assert "You stopped ringing" in text
    assert "Nothing was spent." in text
    assert client.get(state_of(found)).json()["state"] == "withdrawn"


def test_declined_ring_offers_the_next_free_times(cast: Cast, available: None) -> None:
    found = ring(cast.room)
    decline_ring(actor=cast.provider, code=found.code, now=NOW)

    text = text_of(signed_in(cast.client), waiting_page(found))

    assert "Petra Provider cannot start now" in text
    assert "Next free time:" in text
    assert "Mon, Mar 2, 12:00 PM" in text
    assert f'href="/schedule/new/{cast.room.code}/time/?modality=video&amp;length=45"' in text
    assert f'href="{start_page(cast.room)}?session=video.45"' in text


@pytest.mark.parametrize("has_job_run", [True, False])
def test_ring_lapses_for_its_client_by_the_clock(
    cast: Cast, available: None, has_job_run: bool
) -> None:
    client, found = signed_in(cast.client), ring(cast.room)

    with travel(NOW + TWO_MINUTES, tick=False):
        if has_job_run:
            jobs.run_due(NOW + TWO_MINUTES)
        state = client.get(state_of(found)).json()
        text = text_of(client, waiting_page(found))
        late = client.post(waiting_page(found))

    assert state["state"] == "lapsed"
    assert "Petra Provider did not answer" in text
    assert "Your session credit is still yours." in text
    assert late.status_code == 409
    assert not Appointment.objects.exists()


def test_statements_do_not_grow_with_what_is_offered_and_rung(
    cast: Cast, available: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.client)
    with django_assert_num_queries(12):
        client.get(start_page(cast.room))
    found = ring(cast.room)
    with django_assert_num_queries(4):
        client.get(waiting_page(found))
    with django_assert_num_queries(3):
        client.get(state_of(found))
