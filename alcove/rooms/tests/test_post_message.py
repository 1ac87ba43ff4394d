"""Words in a room: who may leave them, and which."""

import pytest

from alcove.core.errors import NotFound
from alcove.core.models import Event
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.errors import EmptyMessage, MessageTooLong, RoomClosed
from alcove.rooms.models import Message
from tests.cast import NOW, Cast


def test_message_is_kept_and_its_event_holds_no_words(cast: Cast) -> None:
    message = post_message(
        actor=cast.client, room_code=cast.room.code, text=" Hello\r\nthere \x00", now=NOW
    )

    assert (message.body, message.author, message.written_at) == ("Hello\nthere", cast.client, NOW)
    event = Event.objects.get()
    assert (event.kind, event.subject, event.actor, event.data) == (
        "message.posted",
        f"room:{cast.room.code}",
        cast.client.key,
        {"room": cast.room.code, "message": message.pk},
    )


def test_every_member_may_write_and_nobody_else(cast: Cast) -> None:
    code = cast.couples_room.code
    for member in (cast.client, cast.partner, cast.provider):
        post_message(actor=member, room_code=code, text="Hello", now=NOW)

    for other in (cast.stranger, cast.second_provider, cast.staff):
        with pytest.raises(NotFound):
            post_message(actor=other, room_code=code, text="Hello", now=NOW)

    assert Message.objects.count() == 3


@pytest.mark.parametrize("text", ["", "  \n\t", "\x00"])
def test_message_without_words_is_refused(cast: Cast, text: str) -> None:
    with pytest.raises(EmptyMessage):
        post_message(actor=cast.client, room_code=cast.room.code, text=text, now=NOW)


def test_message_of_4000_characters_is_kept_and_a_longer_one_refused(cast: Cast) -> None:
    post_message(actor=cast.client, room_code=cast.room.code, text="x" * 4000, now=NOW)

    with pytest.raises(MessageTooLong) as refused:
        post_message(actor=cast.client, room_code=cast.room.code, text="x" * 4001, now=NOW)

    assert refused.value.data == {"most": 4000}
    assert Message.objects.count() == 1


def test_closed_room_takes_no_message(cast: Cast) -> None:
    cast.room.closed_at = NOW
    cast.room.save()

    with pytest.raises(RoomClosed):
        post_message(actor=cast.client, room_code=cast.room.code, text="Hello", now=NOW)

    assert not Event.objects.exists()
