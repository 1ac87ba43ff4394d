"""A partner sees a room from when they joined; what was said before was said without them."""

import datetime as dt

import pytest
from django.test import Client
from time_machine import travel

from alcove.rooms.actions.post_message import post_message
from alcove.rooms.files import PDF, CheckedFile
from alcove.rooms.models import Attachment, Membership
from alcove.rooms.queries import room_list, search_messages
from tests.cast import NOW, Cast

BEFORE, AFTER = NOW - dt.timedelta(hours=1), NOW + dt.timedelta(minutes=1)
EARLIER, SINCE = "Said without you", "Said with you"


@pytest.fixture
def said(cast: Cast) -> Cast:
    """Words and a file from before the partner joined, and such from after."""
    for words, when in ((EARLIER, BEFORE), (SINCE, AFTER)):
        file = CheckedFile("plan.pdf", PDF, b"%PDF-1.7 %%EOF")
        post_message(
            actor=cast.client,
            room_code=cast.couples_room.code,
            text=words,
            files=[file],
            now=when,
        )
    return cast


def test_partner_finds_nothing_from_before(said: Cast) -> None:
    code = said.couples_room.code
    pages = {}
    with travel(AFTER, tick=False):
        for who in ("client", "partner", "provider"):
            client = Client()
            client.force_login(getattr(said, who))
            pages[who] = [
                client.get(address).content.decode().replace("<mark>", "").replace("</mark>", "")
                for address in (
                    f"/rooms/{code}/",
                    f"/rooms/{code}/?before=999999",
                    f"/rooms/{code}/lines/",
                    f"/rooms/{code}/lines/?after=1",
                    "/rooms/search/?q=said",
                )
            ]

    for who in ("client", "provider"):
        assert all(EARLIER in page for page in pages[who][:3]), who
        assert EARLIER in pages[who][4]
    for page in pages["partner"]:
        assert EARLIER not in page
        assert SINCE in page


def test_partner_gets_no_file_from_before(said: Cast) -> None:
    client = Client()
    client.force_login(said.partner)
    codes = Attachment.objects.order_by("pk").values_list("code", flat=True)

    answers = [
        client.get(f"/rooms/{said.couples_room.code}/files/{code}/").status_code for code in codes
    ]

    assert answers == [404, 200]


def test_counts_tell_nothing_of_what_came_before(said: Cast) -> None:
    Membership.objects.filter(person=said.partner).update(read_up_to=0)

    assert [line.unread for line in room_list(said.partner)] == [1]
    assert [line.last_message_at for line in room_list(said.partner)] == [AFTER]
    assert [message.body for message in search_messages(said.partner, "said")] == [SINCE]

    Membership.objects.filter(person=said.partner).update(joined_at=AFTER + dt.timedelta(1))
    assert [line.unread for line in room_list(said.partner)] == [0]
    assert [line.last_message_at for line in room_list(said.partner)] == [None]
