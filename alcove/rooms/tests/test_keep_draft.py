"""Words that are not sent yet: kept for their writer alone."""

import pytest
from django.test import Client

from alcove.core.errors import NotFound
from alcove.people.models import Person
from alcove.rooms.actions.keep_draft import keep_draft
from alcove.rooms.actions.post_message import LONGEST, post_message
from alcove.rooms.models import Draft
from tests.cast import NOW, Cast


def page(cast: Cast, person: Person) -> str:
    client = Client()
    client.force_login(person)
    return client.get(f"/rooms/{cast.room.code}/").content.decode()


def test_the_writer_finds_it_again_and_nobody_else(cast: Cast) -> None:
    keep_draft(actor=cast.client, room_code=cast.room.code, text="Half a", now=NOW)
    keep_draft(actor=cast.client, room_code=cast.room.code, text="Half a thought", now=NOW)

    assert "Half a thought</textarea>" in page(cast, cast.client)
    assert "Half a" not in page(cast, cast.provider)


def test_no_words_forget_it(cast: Cast) -> None:
    keep_draft(actor=cast.client, room_code=cast.room.code, text="Half", now=NOW)

    keep_draft(actor=cast.client, room_code=cast.room.code, text="  ", now=NOW)

    assert not Draft.objects.exists()


def test_sending_is_done_with_ones_own_draft_in_this_room_only(cast: Cast) -> None:
    for actor, room in (
        (cast.client, cast.room),
        (cast.client, cast.second_room),
        (cast.provider, cast.room),
    ):
        keep_draft(actor=actor, room_code=room.code, text="Half", now=NOW)

    post_message(actor=cast.client, room_code=cast.room.code, text="Whole", now=NOW)

    left = {(one.membership.person, one.membership.room) for one in Draft.objects.all()}
    assert left == {(cast.client, cast.second_room), (cast.provider, cast.room)}


def test_it_is_no_longer_than_a_message(cast: Cast) -> None:
    keep_draft(actor=cast.client, room_code=cast.room.code, text="x" * (LONGEST + 1), now=NOW)

    assert len(Draft.objects.get().body) == LONGEST


def test_strangers_keep_nothing(cast: Cast) -> None:
    with pytest.raises(NotFound):
        keep_draft(actor=cast.stranger, room_code=cast.room.code, text="x", now=NOW)
    client = Client()
    client.force_login(cast.stranger)

    assert client.post(f"/rooms/{cast.room.code}/draft/", {"text": "x"}).status_code == 404
    assert not Draft.objects.exists()


def test_a_page_may_keep_often_but_not_for_ever(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.client)
    address = f"/rooms/{cast.room.code}/draft/"

    answers = {client.post(address, {"text": str(one)}).status_code for one in range(100)}

    assert answers == {204, 429}
