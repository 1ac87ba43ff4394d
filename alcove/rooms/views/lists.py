"""The reader's rooms, and a search in all of them."""

from typing import Any, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from alcove.core import clock
from alcove.people.models import Person
from alcove.rooms.lines import moment_words
from alcove.rooms.queries import SEARCH_PAGE, room_list, search_messages
from alcove.rooms.views.room import key_of
from alcove.rooms.wording import people_words


class RoomList(LoginRequiredMixin, View):
    """The reader's rooms, the latest message first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        reader, now = cast(Person, request.user), clock.now()
        rooms: list[dict[str, Any]] = [
            {
                "room": line.room,
                "names": people_words(line.others),
                "unread": line.unread,
                "last_message": line.last_message_at
                and moment_words(line.last_message_at, reader, now),
            }
            for line in room_list(reader)
        ]
        can_start = any(
            line["room"].owner_id == reader.pk and line["room"].closed_at is None for line in rooms
        )
        context = {"rooms": rooms, "can_start_couples": can_start}
        return render(request, "rooms/list.html", context)


class Search(LoginRequiredMixin, View):
    """Words that were written in the reader's rooms, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what was found, or the empty field."""
        reader, now = cast(Person, request.user), clock.now()
        words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
        found = search_messages(reader, words, before=key_of(request.GET.get("before", "")))
        names = {line.room.pk: people_words(line.others) for line in room_list(reader)}
        context = {
            "words": words,
            "found": [
                {
                    "message": message,
                    "names": names[message.room_id],
                    "is_own": message.author_id == reader.pk,
                    "when": moment_words(message.written_at, reader, now),
                    # The page of a room that ends with this message.
                    "before": message.pk + 1,
                }
                for message in found[:SEARCH_PAGE]
            ],
            "older": found[SEARCH_PAGE - 1].pk if len(found) > SEARCH_PAGE else None,
        }
        return render(request, "rooms/search.html", context)
