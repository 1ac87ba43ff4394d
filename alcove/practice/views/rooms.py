"""Rooms as the practice sets them up: opened, covered by a plan, closed. Every look is on record."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.billing.actions.cover_room import cover_room
from alcove.billing.models import Plan
from alcove.billing.queries import entitlement_of
from alcove.booking.actions.call_off import close_room, to_come
from alcove.core.errors import NotFound
from alcove.people.actions.record_look import record_look
from alcove.people.models import Practice
from alcove.practice.forms.people import WhyForm
from alcove.practice.forms.rooms import CoverageForm, OpenRoomForm
from alcove.practice.views.page import AdminPage
from alcove.practice.views.people import PersonPage
from alcove.rooms.actions.open_room import open_room, reopen_room
from alcove.rooms.models import Room


class OpenRoom(PersonPage):
    """A room of a client with a provider."""

    template_name = "practice/open_room.html"
    form_class: ClassVar[type[forms.Form]] = OpenRoomForm

    def perform(self, form: forms.Form) -> str:
        """Open it, and go on to its plan."""
        room = open_room(actor=self.admin, client=self.person, now=self.now, **form.cleaned_data)
        messages.success(self.request, _("The room is open. Now it needs a plan."))
        return reverse("practice:room", args=[room.code])


class RoomPage(AdminPage):
    """A page about one room; never about what is said in it."""

    def load(self, **kwargs: Any) -> None:
        """The room, for admins; the look is on record."""
        super().load(**kwargs)
        room = Room.objects.filter(code=kwargs["code"]).select_related("owner", "provider").first()
        if room is None:
            raise NotFound
        self.room = room
        record_look(actor=self.admin, subject=f"room:{room.code}", now=self.now)

    @property
    def address(self) -> str:
        """The page of this room."""
        return reverse("practice:room", args=[self.room.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The room, its members, and what is to come in it."""
        members = self.room.memberships.select_related("person").order_by("pk")
        return {
            "room": self.room,
            "members": list(members),
            "sessions": list(to_come(Room.objects.filter(pk=self.room.pk), self.now)),
        }


class ShowRoom(RoomPage):
    """Members and plan of one room."""

    template_name = "practice/room.html"

    def get_form(self, data: Any = None) -> forms.Form:
        """The plan as it is, or one that begins today."""
        row = entitlement_of(self.room)
        today = self.now.astimezone(Practice.load().zone).date()
        initial = (
            {"state": "active", "starts_on": today}
            if row is None
            else {
                "plan": row.plan,
                "state": row.state,
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
            }
        )
        self.is_covered = row is not None
        return CoverageForm(data, initial=initial)

    def perform(self, form: forms.Form) -> str:
        """Set it."""
        cover_room(actor=self.admin, room=self.room, now=self.now, **form.cleaned_data)
        messages.success(self.request, _("The plan of the room is set."))
        return self.address

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Whether there is a plan to choose at all."""
        return super().context(form) | {
            "has_plans": Plan.objects.exists(),
            "is_covered": self.is_covered,
        }


class CloseRoom(RoomPage):
    """The question before a room is closed: what is booked, and what becomes of it."""

    template_name = "practice/close_room.html"
    form_class: ClassVar[type[forms.Form]] = WhyForm

    def perform(self, form: forms.Form) -> str:
        """Close it."""
        close_room(
            actor=self.admin, room=self.room, reason=form.cleaned_data["reason"], now=self.now
        )
        messages.success(self.request, _("The room is closed. Its members can still read it."))
        return self.address


class ReopenRoom(ShowRoom):
    """Open again, with its messages."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # of the class, as Django reads it

    def get_form(self, data: Any = None) -> forms.Form:
        """A button only; refused, the page shows the plan again."""
        self.plan_form = super().get_form()
        return forms.Form(data)

    def perform(self, form: forms.Form) -> str:
        """Open it."""
        reopen_room(actor=self.admin, room=self.room, now=self.now)
        messages.success(self.request, _("The room is open again."))
        return self.address

    def context(self, form: forms.Form) -> dict[str, Any]:
        """As the page of the room, with its own form."""
        return super().context(form) | {"plan_form": self.plan_form}
