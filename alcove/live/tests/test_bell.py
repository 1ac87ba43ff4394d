"""The bell's socket: it says "look" to the pages of the provider who is rung, and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session

from alcove.availability.actions.become_available import become_available
from alcove.booking.actions.accept_ring import accept_ring
from alcove.booking.actions.decline_ring import decline_ring
from alcove.booking.actions.withdraw_ring import withdraw_ring
from alcove.booking.models import Ring
from alcove.core.jobs import run_due
from alcove.live.tests.pages import Socket, cookie_of, socket_to
from alcove.live.tests.test_socket import _one_connection, played  # noqa: F401 - a fixture too
from alcove.people.models import Person
from tests.cast import NOW, Cast, ring

LOOK = {"type": "look"}


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


async def listening(cookie: str) -> Socket:
    """A page that listens."""
    socket = bell(cookie)
    assert await socket.connect()
    # Until the group is joined: the handshake is answered before.
    assert await socket.receive_nothing(timeout=0.2, interval=0.01)
    return socket


async def heard(socket: Socket) -> list[object]:
    """Everything that came, until nothing more does."""
    frames = []
    while not await socket.receive_nothing(timeout=0.2, interval=0.01):
        frames.append(json.loads(await socket.receive_text()))
    return frames


async def closed_with(socket: Socket) -> int:
    """The close code of a handshake that is taken and ended."""
    assert await socket.connect()
    sent = await socket.receive_output(timeout=5)
    assert sent["type"] == "websocket.close"
    return int(sent["code"])


@sync_to_async
def rings(cast: Cast) -> Ring:
    """The client rings, and the job runner comes by."""
    found = ring(cast.room)
    run_due(NOW)
    return found


@sync_to_async
def answers(act: object, found: Ring, actor: Person) -> None:
    """The ring is answered, and the job runner comes by."""
    acts = {"accept": accept_ring, "decline": decline_ring, "withdraw": withdraw_ring}
    acts[str(act)](actor=actor, code=found.code, now=NOW)
    run_due(NOW)


@played
async def test_every_page_of_the_provider_is_told_to_look_and_nobody_elses(doors: Doors) -> None:
    pages = [await listening(doors.cookies["provider"]) for _ in range(2)]
    other = await listening(doors.cookies["second_provider"])

    await rings(doors.cast)

    assert [await heard(page) for page in pages] == [[LOOK], [LOOK]]
    assert await heard(other) == []
    for page in (*pages, other):
        await page.disconnect()


@pytest.mark.parametrize("act", ["accept", "decline", "withdraw"])
@played
async def test_pages_are_told_when_the_ring_is_answered(doors: Doors, act: str) -> None:
    found = await rings(doors.cast)
    page = await listening(doors.cookies["provider"])

    await answers(act, found, doors.cast.client if act == "withdraw" else doors.cast.provider)

    assert await heard(page) == [LOOK]
    await page.disconnect()


@played
async def test_page_that_went_away_hears_nothing_and_troubles_nobody(doors: Doors) -> None:
    gone = await listening(doors.cookies["provider"])
    await gone.disconnect()
    stays = await listening(doors.cookies["provider"])

    await rings(doors.cast)

    assert await heard(stays) == [LOOK]
    await stays.disconnect()


@played
async def test_others_are_told_by_the_close_code_why_not(doors: Doors) -> None:
    assert await closed_with(bell("")) == 4401
    assert await closed_with(bell("sessionid=made-up")) == 4401
    assert await closed_with(bell(doors.cookies["client"])) == 4403
    assert await closed_with(bell(doors.cookies["staff"])) == 4403


@played
async def test_foreign_pages_get_no_socket(doors: Doors) -> None:
    for origin in ("https://elsewhere.example", "null", ""):
        assert not await bell(doors.cookies["provider"], origin=origin).connect()


@played
async def test_page_that_speaks_is_closed(doors: Doors) -> None:
    page = await listening(doors.cookies["provider"])

    await page.send_text("{}")

    sent = await page.receive_output(timeout=5)
    assert (sent["type"], sent["code"]) == ("websocket.close", 4400)


@played
async def test_page_of_somebody_who_signed_out_is_closed_instead_of_told(doors: Doors) -> None:
    page = await listening(doors.cookies["provider"])
    await sync_to_async(Session.objects.all().delete)()

    await rings(doors.cast)

    sent = await page.receive_output(timeout=5)
    assert (sent["type"], sent["code"]) == ("websocket.close", 4401)
