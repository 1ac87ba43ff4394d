"""Reads about rooms: the reader's list, and a page of messages."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce

from alcove.people.models import Person
from alcove.rooms.access import rooms_of
from alcove.rooms.models import Membership, Message, Room

PAGE = 50


@dataclass(frozen=True, slots=True)
class RoomLine:
    """One room of the list: with whom, and when something was last said there."""

    room: Room
    others: list[Person]
    last_message_at: dt.datetime | None


def room_list(person: Person) -> list[RoomLine]:
    """The person's rooms, the one with the latest message first; two statements."""
    last = Message.objects.filter(room=OuterRef("pk")).order_by("-id").values("written_at")[:1]
    everybody = Membership.objects.select_related("person").order_by("person_id")
    rooms = (
        rooms_of(person)
        .annotate(last_message_at=Subquery(last))
        .order_by(Coalesce("last_message_at", "opened_at").desc(), "-id")
        .prefetch_related(Prefetch("memberships", queryset=everybody))
    )
    return [
        RoomLine(
            room=room,
            others=[row.person for row in room.memberships.all() if row.person_id != person.pk],
            last_message_at=room.last_message_at,
        )
        for room in rooms
    ]


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Up to PAGE messages, oldest first, and whether there are older ones."""

    messages: list[Message]
    has_older: bool

    @property
    def oldest_id(self) -> int | None:
        """The key with which the page before this one is asked for."""
        return self.messages[0].pk if self.messages else None


def message_page(room: Room, *, before: int | None = None) -> MessagePage:
    """The newest messages of the room, or the newest of those before a message; one statement."""
    found = Message.objects.filter(room=room).select_related("author").order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    newest = list(found[: PAGE + 1])
    return MessagePage(messages=newest[:PAGE][::-1], has_older=len(newest) > PAGE)
