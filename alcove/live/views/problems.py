"""What people reported from within their sessions, for staff; every look is on record."""

from typing import cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from alcove.core import clock
from alcove.live.queries import problems
from alcove.people.access import require_staff
from alcove.people.actions.record_look import record_look
from alcove.people.models import Person

PER_PAGE = 50


class Problems(LoginRequiredMixin, View):
    """The latest reports; staff only."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list and put the look on record."""
        staff = cast(Person, request.user)
        require_staff(staff)
        record_look(actor=staff, subject="problems", now=clock.now())
        page = Paginator(problems(), PER_PAGE).get_page(request.GET.get("page"))
        return render(request, "live/problems.html", {"page": page})
