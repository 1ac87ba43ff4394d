"""Words that somebody writes in a room."""

import datetime as dt

from django.db import transaction

from alcove.core import events
from alcove.people.models import Person
from alcove.rooms.access import room_for
from alcove.rooms.actions.read import note_read
from alcove.rooms.errors import EmptyMessage, MessageTooLong, RoomClosed
from alcove.rooms.models import Draft, Message
from alcove.rooms.sockets import tell_room

LONGEST = 4000


@transaction.atomic
def post_message(*, actor: Person, room_code: str, text: str, now: dt.datetime) -> Message:
    """Leave a message for the members of the room; the actor's draft there is done with.

    The event names the message and not its words, which never leave the product. Raises NotFound
    for people who are no members, RoomClosed, EmptyMessage or MessageTooLong.
    """
    room = room_for(actor, room_code)
    if room.closed_at is not None:
        raise RoomClosed
    words = cleaned(text)
    if not words:
        raise EmptyMessage
    if len(words) > LONGEST:
        raise MessageTooLong(most=LONGEST)
    message = Message.objects.create(room=room, author=actor, body=words, written_at=now)
    Draft.objects.filter(membership__room=room, membership__person=actor).delete()
    note_read(room.code, room.pk, actor, message.pk)
    tell_room(room.code)
    events.record(
        "message.posted",
        subject=f"room:{room.code}",
        actor=actor.key,
        now=now,
        data={"room": room.code, "message": message.pk},
    )
    return message


def cleaned(text: str) -> str:
    """What somebody typed, as it is kept."""
    # Browsers send line ends as CR LF, and PostgreSQL cannot keep NUL.
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
