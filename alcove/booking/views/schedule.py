"""Schedule: the coming live sessions, and those that were (R1)."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.paginator import Paginator

from alcove.booking.display import card, door_of, scheduler_standing, with_members
from alcove.booking.exchange import with_exchange
from alcove.booking.queries import past, upcoming
from alcove.booking.times_words import exchange_line
from alcove.core.pages import ActionPage
from alcove.people.models import Person, Practice
from alcove.rooms.models import Membership

PAST_ON_A_PAGE = 20


class Schedule(ActionPage):
    """All live sessions of the reader, whatever their role in each room."""

    template_name = "booking/schedule.html"
    http_method_names = ["get", "head", "options"]

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Coming sessions, one page of past ones, and who schedules."""
        person = cast(Person, self.request.user)
        practice = Practice.load()
        grace = dt.timedelta(minutes=practice.join_after_minutes)
        coming = with_members(upcoming(person, self.now, grace=grace))
        before = Paginator(with_members(past(person, self.now, grace=grace)), PAST_ON_A_PAGE)
        page = before.get_page(self.request.GET.get("page"))
        roles = list(with_exchange(Membership.objects.filter(person=person), self.now))
        return {
            "coming": [
                {"card": card(one, person), "door": door_of(one, practice, self.now)}
                for one in coming
            ],
            "past": [card(appointment, person) for appointment in page],
            "page": page,
            "standing": scheduler_standing(roles, person),
            "exchanges": [line for role in roles if (line := exchange_line(role))],
        }
