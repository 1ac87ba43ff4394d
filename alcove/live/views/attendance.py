"""The facts of who was there; marking a session as missed, and disputing it."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _

from alcove.booking.actions.no_show import dispute_no_show, mark_no_show
from alcove.booking.forms import DisputeForm
from alcove.booking.models import NoShow, Status
from alcove.booking.policies import AttendanceFacts, outcome
from alcove.core.errors import NotAllowed, NotFound
from alcove.live.queries import attendance_facts, facts_for_people, stays_of
from alcove.live.views.session import SessionPage


def outcome_words(facts: AttendanceFacts) -> str:
    """What the facts of a session that is over come to, in a sentence."""
    return {
        "attended": _("Client and provider were there and reached each other."),
        "provider_absent": _("Nobody came from the practice's side, so nobody pays."),
        "client_absent": _("The provider was there; no client came."),
        "not_connected": _("Both were there and could not be connected, so nobody pays."),
    }[outcome(facts)]


class Attendance(SessionPage):
    """Who was there from when to when, for both sides, and what follows from it."""

    template_name = "live/attendance.html"
    http_method_names = ["get", "head", "options"]

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The stays and the outcome."""
        entry = self.entry
        stays = stays_of(entry.appointment)
        facts = attendance_facts(entry.appointment, stays, entry.practice)
        since = entry.appointment.starts_at + dt.timedelta(
            minutes=entry.practice.no_show_after_minutes
        )
        is_provider = entry.lets_in
        return {
            **super().context(form),
            "stays": stays,
            "outcome_words": outcome_words(facts) if self.now >= entry.closes_at else "",
            "may_mark_missed": (
                is_provider
                and entry.appointment.status == Status.CONFIRMED
                and outcome(facts) == "client_absent"
                and self.now >= since
            ),
        }


class MarkMissed(SessionPage):
    """The provider marks that the client did not come."""

    template_name = "live/mark_missed.html"

    def load(self, **kwargs: Any) -> None:
        """The session, for its provider."""
        super().load(**kwargs)
        if not self.entry.lets_in:
            raise NotAllowed

    def context(self, form: forms.Form) -> dict[str, Any]:
        """How long the client may object."""
        return {**super().context(form), "dispute_hours": self.entry.practice.dispute_hours}

    def perform(self, form: forms.Form) -> str:
        """Mark it and go to the facts."""
        entry = self.entry
        mark_no_show(
            actor=self.person,
            code=entry.appointment.code,
            facts=attendance_facts(entry.appointment, stays_of(entry.appointment), entry.practice),
            record=facts_for_people(entry.appointment, entry.practice),
            now=self.now,
        )
        messages.success(self.request, _("The session is marked as missed."))
        return self.attendance()


class Dispute(SessionPage):
    """A client says that a missed session was not their fault; staff decide."""

    template_name = "live/dispute.html"
    form_class = DisputeForm

    def load(self, **kwargs: Any) -> None:
        """The missed session, for the clients of its room."""
        super().load(**kwargs)
        if self.entry.lets_in:
            raise NotAllowed
        if not NoShow.objects.filter(appointment=self.entry.appointment).exists():
            raise NotFound

    def perform(self, form: forms.Form) -> str:
        """Hand it to staff and go to the facts."""
        dispute_no_show(
            actor=self.person,
            code=self.entry.appointment.code,
            words=form.cleaned_data["words"],
            now=self.now,
        )
        messages.success(
            self.request, _("Thank you. The practice looks at it; nothing is final until then.")
        )
        return self.attendance()
