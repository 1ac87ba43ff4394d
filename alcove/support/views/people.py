"""One person, as staff need to see them."""

from typing import Any

from alcove.booking.display import with_members
from alcove.booking.queries import upcoming
from alcove.core.errors import NotFound
from alcove.core.panels import panels_of
from alcove.people.models import Person
from alcove.rooms.models import Membership
from alcove.support.views.pages import LookPage
from alcove.support.wording import roles_of, session_rows

PERSON = "support.person"
MOST_SESSIONS = 20


class PersonPage(LookPage):
    """Who they are, their rooms, what comes, what was sent to them. No words of theirs."""

    template_name = "support/person.html"

    def find(self, **kwargs: Any) -> None:
        """The person, or NotFound."""
        person = Person.objects.filter(pk=kwargs["person"]).first()
        if person is None:
            raise NotFound
        self.person = person

    def subject(self) -> str:
        """The person."""
        return self.person.key

    def context(self) -> dict[str, Any]:
        """Their rooms and coming sessions, and what others add."""
        rooms = Membership.objects.filter(person=self.person).select_related(
            "room__owner", "room__provider"
        )
        coming = list(with_members(upcoming(self.person, self.now))[: MOST_SESSIONS + 1])
        return {
            "person": self.person,
            "roles": roles_of(self.person, [one.role for one in rooms]),
            "rooms": sorted(rooms, key=lambda one: (one.room.closed_at is not None, one.pk)),
            "sessions": session_rows(coming[:MOST_SESSIONS]),
            "has_more_sessions": len(coming) > MOST_SESSIONS,
            "panels": panels_of(PERSON, self.person, self.now),
        }
