"""Somebody who is taken out of the room in the middle of a session does not stay in it."""

import pytest
from asgiref.sync import sync_to_async
from django.test import TestCase

from alcove.live.models import Admission
from alcove.live.tests.pages import open_page
from alcove.live.tests.test_socket import (  # noqa: F401 - fixtures too
    DURING,
    Call,
    _nothing_counted,
    _one_connection,
    call,
    lets_in,
    pages_inside,
    played,
    stays,
)
from alcove.rooms.actions.leave_room import leave_room, remove_partner
from alcove.rooms.models import Membership
from tests.cast import Cast


@sync_to_async
def go(cast: Cast, way: str) -> None:
    """The partner goes in one of the two ways, and it is committed."""
    code = cast.couples_room.code
    with TestCase.captureOnCommitCallbacks(execute=True):
        if way == "leaves":
            leave_room(actor=cast.partner, room_code=code, now=DURING)
        else:
            remove_partner(actor=cast.client, room_code=code, now=DURING)


@pytest.mark.parametrize("way", ["leaves", "is removed"])
def test_partner_is_out_at_once_and_the_others_go_on(
    cast: Cast,
    lets_in: None,  # noqa: F811
    call: Call,  # noqa: F811
    way: str,
) -> None:
    @played
    async def scene() -> None:
        pages = await pages_inside(call, "provider", "client", "partner")

        await go(cast, way)

        partner = pages.pop()
        assert (await partner.hear("error"))["code"] == "not_found"
        assert await partner.closed_with() == 4404
        for page in pages:
            gone = await page.hear_person("partner", "absent")
            assert (gone["epoch"], gone["video"]) == (None, False)
        await pages[0].send("chat", id="x" * 16, text="We go on.")
        assert (await pages[1].hear("message"))["message"]["text"] == "We go on."
        assert await stays() == [("provider", True), ("owner", True), ("partner", False)]
        again = await open_page(call.code, call.cookies["partner"], "again")
        await again.send("hello", version=1, epoch="e" * 16, device="d" * 16, last_message=0)
        assert (await again.hear("error"))["code"] == "not_found"

    scene()
    assert not Admission.objects.filter(person=cast.partner).exists()


@played
async def test_partner_at_the_door_is_out_too(cast: Cast, lets_in: None, call: Call) -> None:  # noqa: F811
    partner = await open_page(call.code, call.cookies["partner"], "partner")
    await partner.greet()

    await go(cast, "is removed")

    assert (await partner.hear("error"))["code"] == "not_found"
    assert await partner.closed_with() == 4404
    assert await stays() == []


@played
async def test_socket_that_breaks_as_its_person_leaves_is_no_trouble(
    cast: Cast,
    lets_in: None,  # noqa: F811
    call: Call,  # noqa: F811
) -> None:
    (provider,) = await pages_inside(call, "provider")
    partner = await open_page(call.code, call.cookies["partner"], "partner")
    await partner.greet()
    await provider.hear_person("partner", "door")
    await sync_to_async(Membership.objects.filter(person=cast.partner).delete)()

    await partner.close()

    await provider.hear_person("partner", "absent")
