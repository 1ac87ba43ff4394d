"""One room, as staff need to see it."""

from typing import Any

from django.core.paginator import Paginator

from alcove.billing.queries import credit_standing
from alcove.booking import display
from alcove.booking.display import with_members
from alcove.booking.models import Appointment
from alcove.booking.queries import room_terms
from alcove.booking.wording import why_not_bookable
from alcove.core.errors import NotFound
from alcove.core.panels import panels_of
from alcove.people.models import Practice
from alcove.rooms.models import Room
from alcove.support.views.pages import LookPage
from alcove.support.wording import session_rows

ROOM = "support.room"
PER_PAGE = 25


class RoomPage(LookPage):
    """Its members, plan, credits and sessions. Its messages stay its members' own."""

    template_name = "support/room.html"

    def find(self, **kwargs: Any) -> None:
        """The room, or NotFound."""
        room = (
            Room.objects.filter(code=kwargs["room"])
            .select_related("owner", "provider__provider_calendar", "entitlement__plan")
            .first()
        )
        if room is None:
            raise NotFound
        self.room = room

    def subject(self) -> str:
        """The room."""
        return self.room.key

    def context(self) -> dict[str, Any]:
        """Everything but what was written in it."""
        room, practice = self.room, Practice.load()
        terms = room_terms(room, practice, self.now)
        standing = (
            credit_standing(room, terms.entitlement, practice, self.now)
            if terms.entitlement
            else None
        )
        sessions = with_members(
            Appointment.objects.filter(room=room)
            .select_related("room__owner", "provider")
            .order_by("-starts_at", "-pk")
        )
        members = list(room.memberships.select_related("person").order_by("joined_at", "pk"))
        page = Paginator(sessions, PER_PAGE).get_page(self.request.GET.get("page"))
        return {
            "room": room,
            "members": members,
            "is_own": any(one.person_id == self.staff.pk for one in members),
            "entitlement": terms.entitlement,
            "standing": standing,
            "credit_words": display.credit_words(standing) if standing else "",
            "why": why_not_bookable(terms.obstacle, room) if terms.obstacle else "",
            "page": page,
            "sessions": session_rows(page.object_list),
            "panels": panels_of(ROOM, room, self.now),
        }
