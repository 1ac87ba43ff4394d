"""The live page: who may open it, what it allows, and the beacon of a page that is put away."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from alcove.booking.actions.confirm import confirm_appointment
from alcove.live.access import entry_for
from alcove.live.actions.join import join_session
from alcove.live.models import Stay
from tests.cast import Cast, at, book, book_confirmed, move

DURING = at(3, 9, 5)


@pytest.fixture
def code(cast: Cast) -> str:
    """A confirmed session of the client."""
    return book_confirmed(cast.room, at(3, 9)).code


def test_only_the_live_page_may_open_camera_and_microphone(
    cast: Cast, code: str, client: Client
) -> None:
    client.force_login(cast.client)

    with time_machine.travel(DURING):
        live = client.get(reverse("live:session", args=[code]))
        schedule = client.get(reverse("booking:schedule"))

    assert "camera=(self), microphone=(self)" in live.headers["Permissions-Policy"]
    assert "camera=(), microphone=()" in schedule.headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("now", "door"),
    [(at(3, 8, 44), "early"), (at(3, 8, 45), "open"), (at(3, 9, 55), "over")],
)
def test_the_page_knows_whether_the_door_is_open(
    cast: Cast, code: str, client: Client, now: dt.datetime, door: str
) -> None:
    client.force_login(cast.client)

    with time_machine.travel(now):
        page = client.get(reverse("live:session", args=[code]))

    assert page.context["door"] == door


def test_a_session_that_was_moved_says_from_when(cast: Cast, client: Client) -> None:
    appointment = book_confirmed(cast.room, at(3, 9))
    move(appointment, at(4, 14))
    client.force_login(cast.client)

    with time_machine.travel(at(3, 8, 50)):
        unconfirmed = client.get(reverse("live:session", args=[appointment.code]))
        confirm_appointment(actor=cast.provider, code=appointment.code, now=at(2, 12))
        early = client.get(reverse("live:session", args=[appointment.code]))

    assert [page.context["door"] for page in (unconfirmed, early)] == ["unconfirmed", "early"]
    for page in (unconfirmed, early):
        assert page.context["former_start"] == at(3, 9)
        assert "t was to start on" in page.content.decode()


def test_the_page_of_a_request_says_that_it_is_unconfirmed(cast: Cast, client: Client) -> None:
    code = book(cast.room, at(3, 9)).code
    client.force_login(cast.client)

    with time_machine.travel(at(3, 8, 50)):
        page = client.get(reverse("live:session", args=[code]))

    assert page.context["door"] == "unconfirmed"


def test_the_beacon_ends_the_stay_of_its_own_page(cast: Cast, code: str, client: Client) -> None:
    join(cast, code)
    client.force_login(cast.client)

    with time_machine.travel(at(3, 9, 20), tick=False):
        other = client.post(reverse("live:left", args=[code]), {"epoch": "another"})
        assert Stay.objects.get().left_at is None
        answer = client.post(reverse("live:left", args=[code]), {"epoch": "page"})

    assert (other.status_code, answer.status_code) == (204, 204)
    assert Stay.objects.get().left_at == at(3, 9, 20)


@pytest.mark.parametrize("who", ["provider", "stranger"])
def test_nobody_ends_the_stay_of_somebody_else(
    cast: Cast, code: str, client: Client, who: str
) -> None:
    join(cast, code)
    client.force_login(getattr(cast, who))

    with time_machine.travel(at(3, 9, 20)):
        client.post(reverse("live:left", args=[code]), {"epoch": "page"})

    assert Stay.objects.get().left_at is None


def join(cast: Cast, code: str) -> None:
    """The client comes in by a page."""
    join_session(
        entry=entry_for(cast.client, code, now=DURING),
        epoch="page",
        device="page",
        socket="page",
        take_over=False,
        now=DURING,
    )
