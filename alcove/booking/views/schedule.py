"""Schedule: the coming live sessions, and those that were (R1)."""

from typing import Any, cast

from django import forms
from django.core.paginator import Paginator

from alcove.booking.display import card, scheduler_standing, with_members
from alcove.booking.queries import past, upcoming
from alcove.core.pages import ActionPage
from alcove.people.models import Person
from alcove.rooms.models import Membership

PAST_ON_A_PAGE = 20


class Schedule(ActionPage):
    """All live sessions of the reader, whatever their role in each room."""

    template_name = "booking/schedule.html"
    http_method_names = ["get", "head", "options"]

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Coming sessions, one page of past ones, and who schedules."""
        person = cast(Person, self.request.user)
        coming = with_members(upcoming(person, self.now))
        before = Paginator(with_members(past(person, self.now)), PAST_ON_A_PAGE)
        page = before.get_page(self.request.GET.get("page"))
        roles = Membership.objects.filter(person=person).select_related("room__owner")
        return {
            "coming": [card(appointment, person) for appointment in coming],
            "past": [card(appointment, person) for appointment in page],
            "page": page,
            "standing": scheduler_standing(roles, person),
        }
