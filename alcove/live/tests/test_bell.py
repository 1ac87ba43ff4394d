"""The bell's socket: it says "look" to the pages of the provider who is rung, and nothing else."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import TestCase

from alcove.availability.actions.become_available import become_available
from alcove.booking.actions.accept_ring import accept_ring
from alcove.booking.actions.decline_ring import decline_ring
from alcove.booking.actions.withdraw_ring import withdraw_ring
from alcove.booking.models import Ring
from alcove.core.jobs import run_due
from alcove.live.tests.pages import Page, Socket, cookie_of, socket_to
from alcove.live.tests.test_socket import (  # noqa: F401 - fixtures too
    _nothing_counted,
    _one_connection,
    played,
)
from alcove.people.models import Person
from tests.cast import NOW, Cast, ring

LOOK = {"type": "look"}
ACTS: dict[str, Callable[..., object]] = {
    "accept": accept_ring,
    "decline": decline_ring,
    "withdraw": withdraw_ring,
}


@dataclass
class Doors:
    """Everybody's sign-in, while both providers are available."""

    cast: Cast
    cookies: dict[str, str]


@pytest.fixture
def doors(cast: Cast) -> Iterator[Doors]:
    """Available from now on."""
    for provider in (cast.provider, cast.second_provider):
        become_available(actor=provider, minutes=60, now=NOW)
    names = ("client", "provider", "second_provider", "staff")
    with time_machine.travel(NOW, tick=True):
        yield Doors(cast, {name: cookie_of(getattr(cast, name)) for name in names})


def bell(cookie: str, *, origin: str = "http://127.0.0.1") -> Socket:
    """A handshake with the bell that was not made yet."""
    return socket_to("", cookie, origin=origin, path="/schedule/bell/socket")


async def opened(cookie: str) -> Page:
    """A page whose handshake was taken."""
    socket = bell(cookie)
    assert await socket.connect()
    return Page(socket, epoch="", device="")


async def listening(cookie: str) -> Page:
    """A page that listens."""
    page = await opened(cookie)
    # Until the group is joined: the handshake is answered before.
    assert await page.hears_nothing()
    return page


async def heard(page: Page) -> list[object]:
    """Everything that came, until nothing more does."""
    frames = []
    while not await page.hears_nothing():
        frames.append(json.loads(await page.socket.receive_text()))
    return frames


@sync_to_async
def rings(cast: Cast) -> Ring:
    """The client rings, and the job runner comes by."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        found = ring(cast.room)
        run_due(NOW)
    return found


@sync_to_async
def answers(act: str, found: Ring, actor: Person) -> None:
    """The ring is answered, and the job runner comes by."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        ACTS[act](actor=actor, code=found.code, now=NOW)
        run_due(NOW)


@played
async def test_every_page_of_the_provider_is_told_to_look_and_nobody_elses(doors: Doors) -> None:
    pages = [await listening(doors.cookies["provider"]) for _ in range(2)]
    other = await listening(doors.cookies["second_provider"])

    await rings(doors.cast)

    assert [await heard(page) for page in pages] == [[LOOK], [LOOK]]
    assert await heard(other) == []
    for page in (*pages, other):
        await page.close()


@pytest.mark.parametrize("act", ["accept", "decline", "withdraw"])
@played
async def test_pages_are_told_when_the_ring_is_answered(doors: Doors, act: str) -> None:
    found = await rings(doors.cast)
    page = await listening(doors.cookies["provider"])

    await answers(act, found, doors.cast.client if act == "withdraw" else doors.cast.provider)

    assert await heard(page) == [LOOK]
    await page.close()


@played
async def test_page_that_went_away_hears_nothing_and_troubles_nobody(doors: Doors) -> None:
    gone = await listening(doors.cookies["provider"])
    await gone.close()
    stays = await listening(doors.cookies["provider"])

    await rings(doors.cast)

    assert await heard(stays) == [LOOK]
    await stays.close()


@played
async def test_others_are_told_by_the_close_code_why_not(doors: Doors) -> None:
    assert await (await opened("")).closed_with() == 4401
    assert await (await opened("sessionid=made-up")).closed_with() == 4401
    assert await (await opened(doors.cookies["client"])).closed_with() == 4403
    assert await (await opened(doors.cookies["staff"])).closed_with() == 4403


@played
async def test_foreign_pages_get_no_socket(doors: Doors) -> None:
    for origin in ("https://elsewhere.example", "null", ""):
        assert not await bell(doors.cookies["provider"], origin=origin).connect()


@played
async def test_page_that_speaks_is_closed(doors: Doors) -> None:
    page = await listening(doors.cookies["provider"])

    await page.socket.send_text("{}")

    assert await page.closed_with() == 4400


@played
async def test_page_of_somebody_who_signed_out_is_closed_instead_of_told(doors: Doors) -> None:
    page = await listening(doors.cookies["provider"])
    await sync_to_async(Session.objects.all().delete)()

    await rings(doors.cast)

    assert await page.closed_with() == 4401
