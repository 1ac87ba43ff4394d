"""Staff's outbox: what was sent, what waits, what has failed and why. Every look is on record."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from alcove.calendars.views import calendar_file
from alcove.core import clock
from alcove.core.errors import NotFound
from alcove.core.pages import ActionPage
from alcove.notifications.actions.retry_delivery import retry_delivery
from alcove.notifications.models import Delivery
from alcove.people.access import require_staff
from alcove.people.actions.record_look import record_look
from alcove.people.models import Person

PER_PAGE = 50


def letter_for_staff(person: Person, delivery: int) -> Delivery:
    """The letter with this id, for staff; else NotFound."""
    require_staff(person)
    letter = Delivery.objects.filter(pk=delivery).first()
    if letter is None:
        raise NotFound
    return letter


class Outbox(LoginRequiredMixin, View):
    """The latest letters, of one state if wished; staff only."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list."""
        staff = cast(Person, request.user)
        record_look(actor=staff, subject="outbox", now=clock.now())
        state = request.GET.get("state", "")
        rows = Delivery.objects.order_by("-id").defer("text", "html", "calendar")
        if state in Delivery.State.values:
            rows = rows.filter(state=state)
        else:
            state = ""
        context = {
            "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "state": state,
            "states": [("", _("All")), *Delivery.State.choices],
            "query": f"state={state}&" if state else "",
        }
        return render(request, "notifications/outbox.html", context)


class Letter(ActionPage):
    """One letter as its reader gets it; a failed one can be sent again. Staff only."""

    template_name = "notifications/letter.html"

    def load(self, **kwargs: Any) -> None:
        """Find the letter and put the look on record."""
        self.staff = cast(Person, self.request.user)
        self.letter = letter_for_staff(self.staff, kwargs["delivery"])
        record_look(actor=self.staff, subject=self.letter.key, now=self.now)

    def perform(self, form: forms.Form) -> str:
        """Send it again."""
        retry_delivery(actor=self.staff, delivery=self.letter, now=self.now)
        messages.success(self.request, _("The message will be sent again."))
        return reverse("support:letter", args=[self.letter.pk])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The letter, and whether it may be sent again."""
        return {
            "letter": self.letter,
            "is_for_admins": not self.staff.is_admin and self.letter.is_for_admins_only(),
            "can_send_again": self.letter.state == Delivery.State.FAILED,
        }


class LetterCalendar(LoginRequiredMixin, View):
    """The calendar part of a letter as a file; staff only."""

    def get(self, request: HttpRequest, delivery: int) -> HttpResponse:
        """Hand out the file and put the look on record."""
        staff = cast(Person, request.user)
        letter = letter_for_staff(staff, delivery)
        if not letter.calendar:
            raise NotFound
        record_look(actor=staff, subject=letter.key, now=clock.now())
        return calendar_file(letter.calendar, method=letter.calendar_method)
