"""The page of the meeting itself."""

from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from alcove.booking import display
from alcove.booking.history import former_start
from alcove.core import clock
from alcove.core.broadcast import tell
from alcove.core.pages import ActionPage
from alcove.live import handling
from alcove.live.access import Entry, entry_for
from alcove.live.actions.join import leave_session
from alcove.live.protocol import ROLES
from alcove.people.models import Person

# The one page that may open camera, microphone and screen.
PERMISSIONS = (
    "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), "
    "autoplay=(self), picture-in-picture=(self), fullscreen=(self), "
    "geolocation=(), payment=(), usb=()"
)


class SessionPage(ActionPage):
    """A page about one session, for the members of its room."""

    def load(self, **kwargs: Any) -> None:
        """The member's entry, or NotFound."""
        self.person = cast(Person, self.request.user)
        self.entry: Entry = entry_for(self.person, kwargs["code"], now=self.now)

    def attendance(self) -> str:
        """The address of the facts."""
        return reverse("live:attendance", args=[self.entry.appointment.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The session as the reader sees it, and how they stand to it."""
        entry = self.entry
        return {
            "appointment": entry.appointment,
            "session": display.card(entry.appointment, self.person),
            "role": entry.role,
            "lets_in": entry.lets_in,
            "door": entry.door,
            "opens_at": entry.opens_at,
            "closes_at": entry.closes_at,
            "missed": display.missed(entry.appointment, self.person, self.now),
        }


class Session(SessionPage):
    """The countdown, the device check, the waiting room and the call (R14, R15)."""

    template_name = "live/session.html"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, with camera and microphone allowed to our own scripts."""
        response = super().get(request, *args, **kwargs)
        response.headers["Permissions-Policy"] = PERMISSIONS
        return response

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Where the socket and the beacon are, who is expected and for how long, and from when it was moved."""
        code = self.entry.appointment.code
        members = sorted(
            self.entry.appointment.room.memberships.select_related("person"),
            key=lambda member: ROLES.index(member.role),
        )
        return {
            **super().context(form),
            "socket_path": f"/live/{code}/socket",
            "left_url": reverse("live:left", args=[code]),
            "waits_minutes": self.entry.practice.no_show_after_minutes,
            "former_start": former_start(self.entry.appointment),
            "others": [
                {"role": member.role, "name": member.person.name}
                for member in members
                if member.person_id != self.person.pk
            ],
        }


@login_required
@require_POST
def left(request: HttpRequest, code: str) -> HttpResponse:
    """The beacon of a page that is put away: its stay ends at once. Again has no effect."""
    now = clock.now()
    entry = entry_for(cast(Person, request.user), code, now=now)
    if leave_session(entry=entry, epoch=request.POST.get("epoch", "")[:64], now=now):
        # The beacon may come before the socket is lost, which then finds nothing left to tell.
        gone = handling.person(entry, entry.role)
        tell(entry.group, {"type": "session.announce", "frame": gone})
    return HttpResponse(status=204)
