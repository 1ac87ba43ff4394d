"""One session: its history as its participants saw it, and the facts about it."""

from typing import Any

from django.utils import timezone, translation
from django.utils.translation import get_language

from alcove.booking import display
from alcove.booking.chronicle import Line, chronicle
from alcove.booking.models import Appointment, Ending, NoShow, Status
from alcove.core.errors import NotFound
from alcove.core.formats import day_and_time
from alcove.core.panels import panels_of
from alcove.people.models import Person
from alcove.rooms.models import Membership
from alcove.support.views.pages import LookPage

SESSION = "support.session"


def session_with_members(code: str) -> Appointment:
    """The session with this code and everybody in its room; else NotFound."""
    found = display.with_members(
        Appointment.objects.filter(code=code).select_related(
            "room__owner", "room__provider__provider_calendar", "room__entitlement__plan",
            "provider", "booked_by",
        )
    ).first()  # fmt: skip
    if found is None:
        raise NotFound
    return found


class SessionPage(LookPage):
    """What was agreed, what happened, who came, what was sent about it."""

    template_name = "support/session.html"

    def find(self, **kwargs: Any) -> None:
        """The session, or NotFound."""
        self.appointment = session_with_members(kwargs["code"])

    def subject(self) -> str:
        """The session."""
        return self.appointment.key

    def context(self) -> dict[str, Any]:
        """The session, told for staff or as one of its people sees it."""
        appointment = self.appointment
        members: list[Membership] = list(appointment.room.memberships.all())
        wanted = self.request.GET.get("as", "")
        seen_by = next((one.person for one in members if one.role == wanted), None)
        ending = Ending.objects.select_related("reason").filter(appointment=appointment).first()
        return {
            "appointment": appointment,
            "members": members,
            "what": display.session_words(appointment.modality, appointment.length_minutes),
            "status_label": appointment.get_status_display(),
            "waiting": display.waiting_note(appointment, self.staff),
            "policy": display.policy_words(
                display.terms_of(appointment),
                appointment.notice_hours,
                appointment.provider.name,
                now=self.now,
            ),
            "is_own": any(one.person_id == self.staff.pk for one in members),
            "is_movable": appointment.is_active and self.now < appointment.starts_at,
            "ending": ending,
            "reason": (
                ending.reason.text(get_language() or "en") if ending and ending.reason else ""
            ),
            "ending_cost": (
                display.cost_words(ending.cost, appointment)
                if ending and appointment.status == Status.CANCELLED
                else ""
            ),
            "no_show": NoShow.objects.filter(appointment=appointment).first(),
            "seen_by": seen_by,
            "lines": lines_for(appointment, seen_by or self.staff),
            "panels": panels_of(SESSION, appointment, self.now),
        }


def lines_for(appointment: Appointment, reader: Person) -> list[tuple[Line, str]]:
    """The history word by word as this person reads it: their language, their clock."""
    with translation.override(reader.language), timezone.override(reader.zone):
        lines = chronicle(appointment, reader)
        return [(line, day_and_time(line.at, reader.zone)) for line in lines]
