"""The provider's side of a ring: the switch, the bell on every page, the answer (R16)."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from alcove.availability.actions.become_available import become_available, end_availability
from alcove.availability.models import ProviderCalendar
from alcove.booking.actions.accept_ring import accept_ring
from alcove.booking.actions.withdraw_ring import withdraw_ring
from alcove.booking.models import Appointment, Ring
from tests.cast import NOW, Cast, ring
from tests.visitors import signed_in

BELL = "/schedule/bell/"
SWITCH = "/hours/now/"
PAGES = ["/schedule/", "/schedule/requests/", "/hours/", "/rooms/", "/you/"]
LISTENS = 'data-controller="bell"'


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def ringing(cast: Cast) -> Ring:
    """The client rings the provider."""
    become_available(actor=cast.provider, minutes=60, now=NOW)
    return ring(cast.room)


def page_of(found: Ring) -> str:
    return f"/schedule/rings/{found.code}/"


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.parametrize(("back", "page"), [("schedule", "/schedule/"), ("hours", "/hours/#now")])
def test_switch_is_set_from_either_page_and_says_until_when(
    cast: Cast, back: str, page: str
) -> None:
    client = signed_in(cast.provider)
    assert "Not available now" in text_of(client, page)

    on = client.post(SWITCH, {"minutes": "60", "back": back})
    shown = text_of(client, page)
    off = client.post(SWITCH, {"minutes": "0", "back": back})

    assert (on["Location"], off["Location"]) == (page, page)
    assert "Clients can ring you until 11:00 AM." in shown
    assert "Available now, until 11:00 AM" in shown
    assert "Not available any more" in shown
    after = text_of(client, page)
    assert "Clients can no longer ring you." in after
    assert "Not available now" in after


@pytest.mark.parametrize("typed", [{}, {"minutes": "45"}, {"minutes": "x"}, {"minutes": "-30"}])
def test_other_lengths_are_refused_on_the_page(cast: Cast, typed: dict[str, str]) -> None:
    page = signed_in(cast.provider).post(SWITCH, typed)

    assert page.status_code == 422
    assert ProviderCalendar.objects.get(provider=cast.provider).available_now_until is None


def test_provider_on_leave_reads_why_on_the_page(cast: Cast) -> None:
    ProviderCalendar.objects.update(on_leave_until=NOW.date() + dt.timedelta(days=3))

    page = signed_in(cast.provider).post(SWITCH, {"minutes": "30", "back": "schedule"})

    assert page.status_code == 409
    assert "You are on leave until Thursday, March 5" in page.content.decode()


def test_switch_is_for_providers_only(cast: Cast) -> None:
    for name in ("client", "partner", "staff", "stranger"):
        client = signed_in(getattr(cast, name))
        assert client.post(SWITCH, {"minutes": "30"}).status_code == 403
        assert 'id="now"' not in text_of(client, "/schedule/")
    assert Client().post(SWITCH, {"minutes": "30"}).status_code == 302


def test_every_page_of_an_available_provider_listens_and_no_other(
    cast: Cast, ringing: Ring
) -> None:
    provider = signed_in(cast.provider)
    for path in PAGES:
        assert text_of(provider, path).count(LISTENS) == 1, path
    end_availability(actor=cast.provider, now=NOW)
    assert LISTENS in text_of(provider, "/rooms/"), "the ring still waits"
    withdraw_ring(actor=cast.client, code=ringing.code, now=NOW)
    assert LISTENS not in text_of(provider, "/rooms/")

    for name in ("client", "second_provider", "staff"):
        assert LISTENS not in text_of(signed_in(getattr(cast, name)), "/schedule/")


def test_page_says_without_scripts_who_rings_and_where_to_answer(cast: Cast, ringing: Ring) -> None:
    text = text_of(signed_in(cast.provider), "/hours/")

    assert "<span data-bell-who>Cora Client</span> is ringing." in text
    assert f'href="{page_of(ringing)}">Answer</a>' in text


def test_bell_tells_its_provider_who_rings_for_what_and_how_long(cast: Cast, ringing: Ring) -> None:
    provider = signed_in(cast.provider)

    with travel(NOW + dt.timedelta(seconds=40), tick=False):
        told = provider.get(BELL).json()
    with travel(ringing.expires_at, tick=False):
        after = provider.get(BELL).json()

    assert told == {
        "ring": {
            "code": ringing.code,
            "who": "Cora Client",
            "what": "Video, 45 minutes",
            "url": page_of(ringing),
            "state_url": f"{page_of(ringing)}state/",
            "seconds_left": 80,
        }
    }
    assert after == {"ring": None}


def test_bell_tells_nobody_else(cast: Cast, ringing: Ring) -> None:
    assert signed_in(cast.second_provider).get(BELL).json() == {"ring": None}
    for name in ("client", "partner", "staff", "stranger"):
        assert signed_in(getattr(cast, name)).get(BELL).status_code == 403
    assert Client().get(BELL).status_code == 302
    assert signed_in(cast.provider).post(BELL).status_code == 405


def test_bell_asks_one_statement_besides_the_sign_in(
    cast: Cast, ringing: Ring, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    provider = signed_in(cast.provider)
    with django_assert_num_queries(3):
        provider.get(BELL)


def test_listening_costs_a_page_nothing_until_somebody_rings(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    provider = signed_in(cast.provider)
    with django_assert_num_queries(6):
        provider.get("/schedule/requests/")
    become_available(actor=cast.provider, minutes=60, now=NOW)
    with django_assert_num_queries(6):
        provider.get("/schedule/requests/")
    ring(cast.room)
    with django_assert_num_queries(7):
        provider.get("/schedule/requests/")


def test_accepting_leads_into_the_session_and_again_to_the_same(cast: Cast, ringing: Ring) -> None:
    provider = signed_in(cast.provider)

    answers = [provider.post(page_of(ringing), {"answer": "accept"}) for _ in range(2)]

    live = f"/live/{Appointment.objects.get().code}/"
    assert [answer["Location"] for answer in answers] == [live, live]
    assert provider.get(page_of(ringing))["Location"] == live


def test_page_of_the_session_tells_that_it_came_from_a_ring(cast: Cast, ringing: Ring) -> None:
    appointment = accept_ring(actor=cast.provider, code=ringing.code, now=NOW)
    path = f"/schedule/{appointment.code}/"

    own, others = (text_of(signed_in(one), path) for one in (cast.provider, cast.client))

    assert "You accepted a ring, and it started at once." in own
    assert "Petra Provider accepted a ring, and it started at once." in others
    assert "Reschedule" not in others
    assert "Cancel session" not in others


def test_declining_goes_back_to_schedule_and_says_so(cast: Cast, ringing: Ring) -> None:
    page = signed_in(cast.provider).post(page_of(ringing), {"answer": "decline"}, follow=True)

    assert page.redirect_chain == [("/schedule/", 302)]
    assert "Declined. The client is told and nothing was spent." in page.content.decode()
    ringing.refresh_from_db()
    assert ringing.answer == "declined"


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_answer_to_a_ring_that_was_withdrawn_meanwhile_says_so(
    cast: Cast, ringing: Ring, answer: str
) -> None:
    withdraw_ring(actor=cast.client, code=ringing.code, now=NOW)

    page = signed_in(cast.provider).post(page_of(ringing), {"answer": answer})

    assert page.status_code == 409
    assert "Cora Client stopped ringing. Nothing was spent." in page.content.decode()
    assert not Appointment.objects.exists()


def test_answer_that_comes_too_late_says_so(cast: Cast, ringing: Ring) -> None:
    with travel(ringing.expires_at, tick=False):
        page = signed_in(cast.provider).post(page_of(ringing), {"answer": "accept"})

    assert page.status_code == 409
    assert "The two minutes to answer this ring are over." in page.content.decode()


@pytest.mark.parametrize("typed", [{}, {"answer": "maybe"}])
def test_wrong_answer_changes_nothing(cast: Cast, ringing: Ring, typed: dict[str, str]) -> None:
    page = signed_in(cast.provider).post(page_of(ringing), typed)

    assert page.status_code == 422
    ringing.refresh_from_db()
    assert ringing.answer == ""


def test_ring_is_answered_by_its_provider_only(cast: Cast, ringing: Ring) -> None:
    names = ("client", "second_provider", "staff", "stranger", "partner")
    for post in (False, True):
        clients = [signed_in(getattr(cast, name)) for name in names]
        statuses = [
            (
                client.post(page_of(ringing), {"answer": "accept"})
                if post
                else client.get(page_of(ringing))
            ).status_code
            for client in clients
        ]
        assert statuses == [403, 404, 404, 404, 404]
    assert Client().get(page_of(ringing)).status_code == 302
    assert not Appointment.objects.exists()
