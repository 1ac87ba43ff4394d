"""Staff's disputes: sessions marked as missed that a client says were not."""

import datetime as dt
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

from alcove.billing.models import LateRule
from alcove.booking.actions.no_show import decide_dispute
from alcove.booking.forms import VerdictForm
from alcove.booking.models import Appointment, NoShow
from alcove.booking.queries import disputes
from alcove.core import clock
from alcove.core.errors import DomainError, NotFound
from alcove.core.formats import format_money
from alcove.core.pages import ActionPage
from alcove.people.access import require_staff
from alcove.people.actions.record_look import record_look
from alcove.people.models import Person

PER_PAGE = 50


class Disputes(LoginRequiredMixin, View):
    """Those that wait first, then those that were decided; staff only."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list and put the look on record."""
        staff = cast(Person, request.user)
        record_look(actor=staff, subject="disputes", now=clock.now())
        page = Paginator(disputes(), PER_PAGE).get_page(request.GET.get("page"))
        return render(request, "support/disputes.html", {"page": page})


class Dispute(ActionPage):
    """One dispute with what was recorded; staff decide it. Every look is on record."""

    template_name = "support/dispute.html"
    form_class = VerdictForm

    def load(self, **kwargs: Any) -> None:
        """The disputed no-show, for staff; else NotFound."""
        self.staff = cast(Person, self.request.user)
        require_staff(self.staff)
        self.no_show = self.find(kwargs["code"])
        record_look(actor=self.staff, subject=self.no_show.appointment.key, now=self.now)

    def find(self, code: str) -> NoShow:
        """The dispute as it is now, or NotFound."""
        found = disputes().filter(appointment__code=code).first()
        if found is None:
            raise NotFound
        return found

    def refuse(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """Show the dispute as it is now: somebody else may have decided it meanwhile."""
        self.no_show = self.find(self.kwargs["code"])
        return super().refuse(form, error)

    def perform(self, form: forms.Form) -> str:
        """Decide, and go back to the list."""
        decide_dispute(
            actor=self.staff,
            code=self.no_show.appointment.code,
            verdict=form.cleaned_data["verdict"],
            words=form.cleaned_data["words"],
            now=self.now,
        )
        messages.success(self.request, _("The dispute is decided, and both sides are told."))
        return reverse("disputes:list")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The dispute and the stays that were recorded, their instants read back."""
        record = self.no_show.facts
        stays = [
            {
                **stay,
                "from": dt.datetime.fromisoformat(stay["from"]),
                "until": dt.datetime.fromisoformat(stay["until"]),
            }
            for stay in record.get("stays", [])
        ]
        return {
            "no_show": self.no_show,
            "appointment": self.no_show.appointment,
            "stays": stays,
            "is_open": self.no_show.decided_at is None,
            "if_it_stands": if_it_stands(self.no_show.appointment),
        }


def if_it_stands(appointment: Appointment) -> str:
    """What the client pays then, by the rule that they read when booking (R13)."""
    if appointment.late_rule == LateRule.FEE:
        amount = format_money(appointment.late_fee_minor, appointment.currency)
        return _("If it stands, a fee of %(amount)s is due and the session credit comes back.") % {
            "amount": amount
        }
    return _("If it stands, the client loses 1 session credit.")
