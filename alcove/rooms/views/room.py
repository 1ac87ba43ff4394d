"""A room's messages: the page, and what its open copies ask and tell while they stand."""

import io
import uuid
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from alcove.core import clock
from alcove.core.errors import NotFound
from alcove.core.pages import ActionPage
from alcove.core.rate_limit import count_request
from alcove.people.models import Person
from alcove.rooms.access import members_for, membership_for, messages_in
from alcove.rooms.actions.keep_draft import keep_draft
from alcove.rooms.actions.post_message import LONGEST, post_message
from alcove.rooms.actions.read import mark_read, note_read
from alcove.rooms.forms import MessageForm
from alcove.rooms.lines import lines_of, state_words
from alcove.rooms.models import Attachment
from alcove.rooms.queries import last_own_message, message_page, messages_after
from alcove.rooms.wording import people_words

# A page that writes keeps a draft each second, at most.
NOTES_PER_MINUTE = 90


class RoomPage(ActionPage):
    """A room's messages, the newest at the end, and the place to write."""

    template_name = "rooms/room.html"
    form_class = MessageForm

    def load(self, **kwargs: Any) -> None:
        """The room, for its members; NotFound for everybody else."""
        self.person = cast(Person, self.request.user)
        self.everybody = members_for(self.person, kwargs["code"])
        self.room = self.everybody[0].room
        self.own = next(one for one in self.everybody if one.person_id == self.person.pk)
        # What comes after a message is not on this page, so it is not seen.
        self.before = key_of(self.request.GET.get("before", ""))

    def get_form(self, data: Any = None) -> forms.Form:
        """The form; a fresh one holds the draft."""
        draft = getattr(self.own, "draft", None)
        files = self.request.FILES if data is not None else None
        return MessageForm(data, files, initial={"text": draft.body if draft else ""})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the messages; the newest ones are seen by that, unless a browser only fetches ahead."""
        response = super().get(request, *args, **kwargs)
        newest = self.page.newest_id
        is_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
        if self.before is None and newest and newest > self.own.read_up_to and not is_ahead:
            note_read(self.room.code, self.room.pk, self.person, newest)
        return response

    def perform(self, form: forms.Form) -> str:
        """Post the message and show it."""
        post_message(
            actor=self.person,
            room_code=self.room.code,
            text=form.cleaned_data["text"],
            files=form.cleaned_data["attachments"],
            now=self.now,
        )
        return reverse("rooms:room", args=[self.room.code]) + "#newest"

    def context(self, form: forms.Form) -> dict[str, Any]:
        """A page of messages and who is here."""
        self.page = message_page(self.own, before=self.before)
        others = [one.person for one in self.everybody if one.person_id != self.person.pk]
        return {
            "room": self.room,
            "names": people_words(others),
            "lines": lines_of(self.page.messages, self.everybody, self.person, self.now),
            "page": self.page,
            "is_older_page": self.before is not None,
            "can_schedule": self.person.pk == self.room.owner_id and self.room.closed_at is None,
            "can_offer": self.person.pk == self.room.provider_id and self.room.closed_at is None,
            "can_suggest": self.own.role == "partner" and self.room.closed_at is None,
            "longest": LONGEST,
        }


def key_of(words: str) -> int | None:
    """The key of a message in an address; one beyond what databases count to is as good as none."""
    is_key = words.isascii() and words.isdigit() and len(words) < 19
    return int(words) if is_key else None


@login_required
@require_safe
def lines(request: HttpRequest, code: str) -> HttpResponse:
    """What came after a message, as the page draws it; nothing is marked as seen by asking."""
    person = cast(Person, request.user)
    now = clock.now()
    everybody = members_for(person, code)
    room = everybody[0].room
    membership = next(one for one in everybody if one.person_id == person.pk)
    found = messages_after(membership, key_of(request.GET.get("after", "")) or 0)
    own = last_own_message(membership)
    context = {
        "room": room,
        "lines": lines_of(found.messages, everybody, person, now, after=found.before),
        "page": found,
        "own": own,
        "state": state_words(own, everybody) if own else "",
        "idempotency_key": uuid.uuid4().hex,
    }
    return render(request, "rooms/new_lines.html", context)


@login_required
@require_POST
def read(request: HttpRequest, code: str) -> HttpResponse:
    """A page in front of its reader says up to which message it shows."""
    person, now = cast(Person, request.user), clock.now()
    count_request("room-note", person.key, limit=NOTES_PER_MINUTE, now=now)
    mark_read(actor=person, room_code=code, up_to=key_of(request.POST.get("up_to", "")) or 0)
    return HttpResponse(status=204)


@login_required
@require_POST
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """A page keeps what was typed so far; empty words forget it."""
    person, now = cast(Person, request.user), clock.now()
    count_request("room-note", person.key, limit=NOTES_PER_MINUTE, now=now)
    keep_draft(actor=person, room_code=code, text=request.POST.get("text", ""), now=now)
    return HttpResponse(status=204)


@login_required
@require_safe
def attachment(request: HttpRequest, code: str, file: str) -> HttpResponseBase:
    """A file of the room, for its members; it can do nothing in a browser but be seen."""
    readable = messages_in(membership_for(cast(Person, request.user), code))
    found = (
        Attachment.objects.filter(message__in=readable, code=file).select_related("content").first()
    )
    if found is None:
        raise NotFound
    response = FileResponse(
        io.BytesIO(found.content.content),
        as_attachment=not found.is_picture,
        filename=found.name,
        content_type=found.media_type,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400"
    return response
