"""Reads about rooms: the reader's list, and a page of messages."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from alcove.core.folding import fold
from alcove.people.models import Person
from alcove.rooms.access import messages_in, messages_of, rooms_of
from alcove.rooms.models import Membership, Message, Room

PAGE = 50
SEARCH_PAGE = 30


@dataclass(frozen=True, slots=True)
class RoomLine:
    """One room of the list: with whom, when something was last said, how much is not seen yet."""

    room: Room
    others: list[Person]
    last_message_at: dt.datetime | None
    unread: int


def room_list(person: Person) -> list[RoomLine]:
    """The person's rooms, the one with the latest message first; two statements."""
    readable = messages_of(person).filter(room=OuterRef("pk"))
    last = readable.order_by("-id").values("written_at")[:1]
    everybody = Membership.objects.select_related("person").order_by("person_id")
    rooms = (
        rooms_of(person)
        .annotate(last_message_at=Subquery(last), unread=_unread(person))
        .order_by(Coalesce("last_message_at", "opened_at").desc(), "-id")
        .prefetch_related(Prefetch("memberships", queryset=everybody))
    )
    return [
        RoomLine(
            room=room,
            others=[row.person for row in room.memberships.all() if row.person_id != person.pk],
            last_message_at=room.last_message_at,
            unread=room.unread,
        )
        for room in rooms
    ]


def _unread(person: Person) -> Coalesce:
    """How many messages of a room the person has not seen; what they did themselves is known."""
    read_up_to = Membership.objects.filter(room=OuterRef("room"), person=person).values(
        "read_up_to"
    )
    unread = (
        messages_of(person)
        .filter(room=OuterRef("pk"), pk__gt=Subquery(read_up_to))
        .exclude(author=person)
        .filter(Q(event=None) | ~Q(event__actor=person.key))
        .order_by()
        .values("room")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(unread, output_field=IntegerField()), 0)


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Up to PAGE messages, oldest first, and whether there are more on the side that was asked for.

    ``before`` is what a page that asks for news shows last.
    """

    messages: list[Message]
    has_more: bool
    before: Message | None = None

    @property
    def oldest_id(self) -> int | None:
        """The key with which the page before this one is asked for."""
        return self.messages[0].pk if self.messages else None

    @property
    def newest_id(self) -> int | None:
        """The key with which what came after this page is asked for."""
        return self.messages[-1].pk if self.messages else None


def _in_room(own: Membership) -> QuerySet[Message]:
    return messages_in(own).select_related("author").prefetch_related("attachments")


def message_page(own: Membership, *, before: int | None = None) -> MessagePage:
    """The newest messages for this member, or the newest of those before one; one statement."""
    found = _in_room(own).order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    newest = list(found[: PAGE + 1])
    return MessagePage(messages=newest[:PAGE][::-1], has_more=len(newest) > PAGE)


def messages_after(own: Membership, after: int) -> MessagePage:
    """The oldest of the messages after this one, for this member; one statement."""
    found = list(_in_room(own).filter(pk__gte=after).order_by("pk")[: PAGE + 2])
    before = found.pop(0) if found and found[0].pk == after else None
    return MessagePage(found[:PAGE], has_more=len(found) > PAGE, before=before)


def last_own_message(own: Membership) -> Message | None:
    """The member's last words among the newest messages of the room."""
    newest = messages_in(own).order_by("-id").only("pk", "author_id")[:PAGE]
    return next((message for message in newest if message.author_id == own.person_id), None)


def search_messages(person: Person, words: str, *, before: int | None = None) -> list[Message]:
    """Messages of the person's rooms with all these words, newest first, whatever the accents.

    One more than SEARCH_PAGE where there are older ones. Nothing for no words.
    """
    terms = fold(words).split()
    if not terms:
        return []
    found = messages_of(person).select_related("author", "room")
    for term in terms:
        found = found.filter(folded__contains=term)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[: SEARCH_PAGE + 1])


def rooms_to_start_beside(person: Person) -> list[Room]:
    """One open room for each active provider of this client with whom they have no couples room."""
    own = Room.objects.filter(owner=person, closed_at=None)
    with_couples = own.filter(kind=Room.Kind.COUPLES).values("provider")
    found = (
        own.filter(provider__is_active=True)
        .exclude(provider__in=with_couples)
        .select_related("provider")
        .order_by("provider__name", "pk")
    )
    return list({room.provider_id: room for room in found}.values())


def couples_rooms_of(person: Person) -> list[Room]:
    """The open couples rooms that this client created."""
    own = Room.objects.filter(owner=person, kind=Room.Kind.COUPLES, closed_at=None)
    return list(own.select_related("provider").order_by("provider__name"))
