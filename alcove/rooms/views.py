"""The list of rooms, and a room's messages."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import View

from alcove.core import clock
from alcove.core.formats import clock_time, day_and_time, long_day
from alcove.core.pages import ActionPage
from alcove.people.models import Person
from alcove.rooms.access import members, room_for
from alcove.rooms.actions.post_message import LONGEST, post_message
from alcove.rooms.cards import Card, card_of
from alcove.rooms.forms import MessageForm
from alcove.rooms.models import Message
from alcove.rooms.queries import message_page, room_list
from alcove.rooms.wording import people_words


class RoomList(LoginRequiredMixin, View):
    """The reader's rooms, the latest message first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        reader = cast(Person, request.user)
        rooms = [
            {
                "room": line.room,
                "names": people_words(line.others),
                "last_message": line.last_message_at
                and _day_words(line.last_message_at, reader, clock.now()),
            }
            for line in room_list(reader)
        ]
        return render(request, "rooms/list.html", {"rooms": rooms})


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the page draws it; ``day`` where it is the first of its date."""

    message: Message
    is_own: bool
    time: str
    day: str
    card: Card | None


class RoomPage(ActionPage):
    """A room's messages, the newest at the end, and the place to write."""

    template_name = "rooms/room.html"
    form_class = MessageForm

    def load(self, **kwargs: Any) -> None:
        """The room, for its members; NotFound for everybody else."""
        self.person = cast(Person, self.request.user)
        self.room = room_for(self.person, kwargs["code"])

    def perform(self, form: forms.Form) -> str:
        """Post the message and show it."""
        post_message(
            actor=self.person,
            room_code=self.room.code,
            text=form.cleaned_data["text"],
            now=self.now,
        )
        return reverse("rooms:room", args=[self.room.code]) + "#newest"

    def context(self, form: forms.Form) -> dict[str, Any]:
        """A page of messages and who is here."""
        before = self.request.GET.get("before", "")
        # A key beyond what databases count to is as good as none.
        is_key = before.isascii() and before.isdigit() and len(before) < 19
        page = message_page(self.room, before=int(before) if is_key else None)
        others = [person for person in members(self.room) if person.pk != self.person.pk]
        return {
            "room": self.room,
            "names": people_words(others),
            "lines": _lines(page.messages, self.person, self.now),
            "page": page,
            "is_older_page": is_key,
            "can_schedule": self.person.pk == self.room.owner_id and self.room.closed_at is None,
            "longest": LONGEST,
        }


def _lines(found: list[Message], reader: Person, now: dt.datetime) -> list[Line]:
    lines: list[Line] = []
    day = None
    for message in found:
        date = message.written_at.astimezone(reader.zone).date()
        lines.append(
            Line(
                message=message,
                is_own=message.author_id == reader.pk,
                time=clock_time(message.written_at, reader.zone),
                day="" if date == day else _date_words(date, reader, now),
                card=card_of(message.card, reader.zone)
                if message.kind == Message.Kind.CARD
                else None,
            )
        )
        day = date
    return lines


def _date_words(date: dt.date, reader: Person, now: dt.datetime) -> str:
    """The day of messages; with the year where it is another one."""
    words = long_day(date)
    return words if date.year == now.astimezone(reader.zone).year else f"{words} {date.year}"


def _day_words(at: dt.datetime, reader: Person, now: dt.datetime) -> str:
    words = day_and_time(at, reader.zone)
    year = at.astimezone(reader.zone).year
    return words if year == now.astimezone(reader.zone).year else f"{words} {year}"
