"""Words that somebody writes in a room."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Sum

from alcove.core import events
from alcove.people.models import Person
from alcove.rooms.access import room_for
from alcove.rooms.actions.read import note_read
from alcove.rooms.errors import (
    EmptyMessage,
    MessageTooLong,
    RoomClosed,
    RoomFull,
    TooManyFiles,
)
from alcove.rooms.files import CheckedFile
from alcove.rooms.models import Attachment, AttachmentContent, Draft, Message
from alcove.rooms.sockets import tell_room

LONGEST = 4000
MOST_FILES = 5
# All files of one room together: years of pictures, and an end to a flood of them.
ROOM_BYTES = 500 * 1024 * 1024


@transaction.atomic
def post_message(
    *,
    actor: Person,
    room_code: str,
    text: str,
    now: dt.datetime,
    files: Sequence[CheckedFile] = (),
) -> Message:
    """Leave a message for the members of the room; the actor's draft there is done with.

    The event names the message and not its words, which never leave the product. Raises NotFound
    for people who are no members, RoomClosed, EmptyMessage, MessageTooLong, TooManyFiles or
    RoomFull.
    """
    room = room_for(actor, room_code)
    if room.closed_at is not None:
        raise RoomClosed
    words = cleaned(text)
    if not words and not files:
        raise EmptyMessage
    if len(files) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    if len(words) > LONGEST:
        raise MessageTooLong(most=LONGEST)
    message = Message.objects.create(room=room, author=actor, body=words, written_at=now)
    _keep(files, message)
    Draft.objects.filter(membership__room=room, membership__person=actor).delete()
    note_read(room.code, room.pk, actor, message.pk)
    tell_room(room.code)
    events.record(
        "message.posted",
        subject=room.key,
        actor=actor.key,
        now=now,
        data={"room": room.code, "message": message.pk},
    )
    return message


def _keep(files: Sequence[CheckedFile], message: Message) -> None:
    if not files:
        return
    kept = Attachment.objects.filter(message__room=message.room_id).aggregate(sum=Sum("size"))[
        "sum"
    ]
    if (kept or 0) + sum(len(file.content) for file in files) > ROOM_BYTES:
        raise RoomFull
    for file in files:
        attachment = Attachment.objects.create(
            message=message,
            name=file.name,
            media_type=file.media_type,
            size=len(file.content),
            width=file.width,
            height=file.height,
        )
        AttachmentContent.objects.create(attachment=attachment, content=file.content)


def cleaned(text: str) -> str:
    """What somebody typed, as it is kept."""
    # Browsers send line ends as CR LF, and PostgreSQL cannot keep NUL.
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
