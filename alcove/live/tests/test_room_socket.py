"""A room's socket: it says "look" to members, and to nobody else (docs/protocol/look.md)."""

import json
from collections.abc import Iterator

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import TestCase

from alcove.core.jobs import run_due
from alcove.live.tests.pages import Page, Socket, cookie_of, socket_to
from alcove.live.tests.test_socket import (  # noqa: F401 - fixtures too
    _nothing_counted,
    _one_connection,
    played,
)
from alcove.people.models import Person
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.actions.read import mark_read
from alcove.rooms.models import Membership, Message
from tests.cast import NOW, Cast, at, book


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def handshake(cast: Cast, person: Person | None, **options: str) -> Socket:
    """A handshake with the couple's room that was not made yet."""
    path = f"/rooms/{cast.couples_room.code}/socket"
    return socket_to("", cookie_of(person), path=path, **options)


async def listening(cast: Cast, person: Person | None) -> Page:
    """A page that listens, if it may."""
    socket = await sync_to_async(handshake)(cast, person)
    assert await socket.connect()
    return Page(socket, epoch="", device="")


async def looks(page: Page) -> int:
    """How often the page was told to look until now."""
    number = 0
    while not await page.hears_nothing():
        assert json.loads(await page.socket.receive_text()) == {"type": "look"}
        number += 1
    return number


@sync_to_async
def say(cast: Cast) -> Message:
    """The client writes, and it is committed."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return post_message(
            actor=cast.client, room_code=cast.couples_room.code, text="Hello", now=NOW
        )


@sync_to_async
def read(cast: Cast, message: Message) -> None:
    """The provider reads it."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        mark_read(actor=cast.provider, room_code=cast.couples_room.code, up_to=message.pk)


@played
async def test_members_are_told_to_look_by_words_and_by_reading(cast: Cast) -> None:
    pages = [await listening(cast, one) for one in (cast.client, cast.partner, cast.provider)]
    assert [await looks(page) for page in pages] == [0, 0, 0]

    message = await say(cast)
    assert all([await looks(page) > 0 for page in pages])

    await read(cast, message)
    assert [await looks(page) for page in pages] == [1, 1, 1]
    # Once more is no news.
    await read(cast, message)
    assert [await looks(page) for page in pages] == [0, 0, 0]


@played
async def test_a_card_of_the_product_is_told_too(cast: Cast) -> None:
    page = await listening(cast, cast.partner)
    assert await looks(page) == 0

    await sync_to_async(request_session)(cast)

    assert await looks(page) > 0


def request_session(cast: Cast) -> None:
    """A session is asked for, and the job runner comes by."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        book(cast.couples_room, at(3, 9))
        run_due(NOW)


@pytest.mark.parametrize("who", ["second_provider", "staff", "stranger"])
def test_others_are_refused(cast: Cast, who: str) -> None:
    @played
    async def scene() -> None:
        page = await listening(cast, getattr(cast, who))
        assert await page.closed_with() == 4403

    scene()


@played
async def test_nobody_is_refused(cast: Cast) -> None:
    page = await listening(cast, None)

    assert await page.closed_with() == 4401


@played
async def test_a_foreign_page_is_refused(cast: Cast) -> None:
    socket = await sync_to_async(handshake)(cast, cast.client, origin="https://evil.example")

    assert not await socket.connect()


@played
async def test_a_page_that_speaks_is_closed(cast: Cast) -> None:
    page = await listening(cast, cast.client)

    await page.socket.send_text("{}")

    assert await page.closed_with() == 4400


@played
async def test_who_signed_out_hears_no_more(cast: Cast) -> None:
    page = await listening(cast, cast.partner)
    assert await looks(page) == 0
    await Session.objects.all().adelete()

    await say(cast)

    assert await page.closed_with() == 4401


@played
async def test_who_left_the_room_hears_no_more(cast: Cast) -> None:
    page = await listening(cast, cast.partner)
    assert await looks(page) == 0
    await Membership.objects.filter(person=cast.partner).adelete()

    await say(cast)

    assert await page.closed_with() == 4403
