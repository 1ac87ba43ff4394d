"""One live session: its page, rescheduling it, cancelling it (R8, R11-R13)."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alcove.billing.ledger import balance
from alcove.booking import display
from alcove.booking.access import appointment_for, hold_for, require_scheduler
from alcove.booking.actions.cancel import cancel_appointment, consequence_for
from alcove.booking.actions.hold import hold_slot_to_move, require_movable
from alcove.booking.actions.request import confirms_automatically, deadline
from alcove.booking.actions.reschedule import reschedule_appointment
from alcove.booking.chronicle import chronicle
from alcove.booking.errors import HoldExpired
from alcove.booking.fees import fees_of_session, how_charged
from alcove.booking.forms import AgreeForm, CancelForm, MoveTimeForm
from alcove.booking.models import Appointment, Ending, Status
from alcove.booking.queries import SlotSearch, next_free_times, room_terms
from alcove.booking.views.choose_time import ChooseTime
from alcove.booking.views.wizard import READ_ONLY, moved_words
from alcove.core.pages import ActionPage
from alcove.people.models import Person, Practice

# What ended before it took place: another time is offered.
BOOKED_AGAIN = (Status.DECLINED, Status.LAPSED, Status.CANCELLED)
FREE_TIMES_OFFERED = 3


class AppointmentPage(ActionPage):
    """A page about one appointment, for the members of its room."""

    def load(self, **kwargs: Any) -> None:
        """The appointment, or NotFound."""
        self.person = cast(Person, self.request.user)
        self.appointment: Appointment = appointment_for(self.person, kwargs["code"])

    def address(self) -> str:
        """The session's own page."""
        return reverse("booking:appointment", args=[self.appointment.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The session as the reader sees it."""
        appointment = self.appointment
        return {
            "appointment": appointment,
            "session": display.card(appointment, self.person),
            "is_provider": self.person.pk == appointment.provider_id,
            "is_owner": self.person.pk == appointment.room.owner_id,
            "is_movable": appointment.is_active and self.now < appointment.starts_at,
            "door": display.door_of(appointment, Practice.load(), self.now),
        }


class Show(AppointmentPage):
    """State, what can be done, what it costs, and what happened so far."""

    template_name = "booking/appointment.html"
    http_method_names = READ_ONLY

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Everything about the session."""
        appointment = self.appointment
        ending = Ending.objects.select_related("reason").filter(appointment=appointment).first()
        return {
            **super().context(form),
            "policy": display.policy_words(
                display.terms_of(appointment),
                appointment.notice_hours,
                appointment.provider.name,
                now=self.now,
            ),
            "ending": ending,
            "missed": display.missed(appointment, self.person, self.now),
            "reason": (
                ending.reason.text(get_language() or "en") if ending and ending.reason else ""
            ),
            "fees": (
                fees_of_session(appointment) if self.person.pk == appointment.room.owner_id else []
            ),
            "ending_cost": display.cost_words(ending.cost, appointment) if ending else "",
            "lines": chronicle(appointment, self.person),
            "again": self.again(),
            # Whoever came is on record from the start on, also where it was cancelled later.
            "was_opened": appointment.was_confirmed and self.now >= appointment.starts_at,
        }

    def again(self) -> dict[str, Any]:
        """Where its owner books such a session again, and the next free times for it (R9)."""
        appointment = self.appointment
        if self.person.pk != appointment.room.owner_id or appointment.status not in BOOKED_AGAIN:
            return {}
        choice = {"modality": appointment.modality, "length": appointment.length_minutes}
        address = reverse("booking:new_time", args=[appointment.room.code])
        times = next_free_times(
            appointment, Practice.load(), number=FREE_TIMES_OFFERED, now=self.now
        )
        return {"times": times, "times_url": f"{address}?{urlencode(choice)}"}


class Reschedule(ChooseTime, AppointmentPage):
    """Choose another time; the present one stands until the move is confirmed (R11)."""

    form_class = MoveTimeForm

    def load(self, **kwargs: Any) -> None:
        """The appointment, for the one who schedules in its room."""
        AppointmentPage.load(self, **kwargs)
        require_scheduler(self.person, self.appointment.room)
        self.terms = room_terms(self.appointment.room, Practice.load(), self.now)
        self.calendar, _entitlement = self.terms.require_bookable()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the times, unless nothing can be moved any more."""
        require_movable(self.appointment, self.now)
        return super().get(request, *args, **kwargs)

    def search(self) -> SlotSearch:
        """For the same type and length; its own present time does not stand in the way."""
        appointment = self.appointment
        return SlotSearch(
            appointment.room,
            self.calendar,
            appointment.modality,
            appointment.length_minutes,
            self.now,
            appointment,
        )

    def perform(self, form: forms.Form) -> str:
        """Hold it and go to the review of the move."""
        hold = hold_slot_to_move(
            actor=self.person,
            appointment_code=self.appointment.code,
            starts_at=form.cleaned_data["starts_at"],
            now=self.now,
        )
        return reverse("booking:review_move", args=[hold.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What both journeys show, and the session that is to be moved."""
        shown = ChooseTime.context(self, form)
        consequence = consequence_for(self.person, self.appointment, self.now)
        return {
            **shown,
            "appointment": self.appointment,
            "consequence": consequence,
            "consequence_words": _with(
                display.move_words(consequence), how_charged(consequence, self.appointment)
            ),
            "what": display.session_words(shown["modality"], shown["length"]),
            "choice": "",
        }


class ReviewMove(ActionPage):
    """Old and new time and the exact consequence, then Confirm rescheduling (R11)."""

    template_name = "booking/review_move.html"
    form_class = AgreeForm

    def load(self, **kwargs: Any) -> None:
        """The hold, for the client whose room keeps it."""
        self.person = cast(Person, self.request.user)
        self.hold = hold_for(self.person, kwargs["hold"])
        self.practice = Practice.load()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, or where it has led to already."""
        if self.hold.became is not None:
            return HttpResponseRedirect(
                reverse("booking:appointment", args=[self.hold.became.code])
            )
        if self.hold.moves is None:
            return HttpResponseRedirect(reverse("booking:review", args=[self.hold.code]))
        require_movable(self.hold.moves, self.now)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Move it; the hold of a new booking moves nothing and has its own page."""
        if self.hold.moves is None:
            return HttpResponseRedirect(reverse("booking:review", args=[self.hold.code]))
        return super().post(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Move it and go to its page."""
        appointment = reschedule_appointment(
            actor=self.person,
            hold_code=self.hold.code,
            agreed=form.cleaned_data["agreed"],
            now=self.now,
        )
        messages.success(self.request, moved_words(appointment))
        return reverse("booking:appointment", args=[appointment.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Both times, and what the move costs at this moment."""
        hold = self.hold
        appointment = cast(Appointment, hold.moves)
        consequence = consequence_for(self.person, appointment, self.now)
        needs_credit = consequence.cost == "credit"
        left = balance(hold.room, self.now).available if needs_credit else 1
        is_automatic = confirms_automatically(hold.room.provider.provider_calendar, self.practice)
        new = Appointment(
            status=Status.CONFIRMED if is_automatic else Status.REQUESTED,
            starts_at=hold.starts_at,
            notice_hours=appointment.notice_hours,
            late_rule=appointment.late_rule,
            late_fee_minor=appointment.late_fee_minor,
            currency=appointment.currency,
        )
        return {
            "hold": hold,
            "room": hold.room,
            "appointment": appointment,
            "what": display.session_words(hold.modality, hold.length_minutes),
            "consequence": consequence,
            "consequence_words": _with(
                display.move_words(consequence), how_charged(consequence, appointment)
            ),
            "is_automatic": is_automatic,
            "confirm_by": deadline(hold.starts_at, self.practice, self.now),
            "has_credit": left > 0,
            "is_expired": not hold.is_good_at(self.now),
            "expired_text": str(HoldExpired.message),
            "policy": display.policy_words(
                display.terms_of(new),
                appointment.notice_hours,
                hold.room.provider.name,
                now=self.now,
            ),
            "time_url": reverse("booking:reschedule", args=[appointment.code]),
        }


class Cancel(AppointmentPage):
    """A reason and the exact consequence, then Cancel session (R12)."""

    template_name = "booking/cancel.html"
    form_class = CancelForm

    def load(self, **kwargs: Any) -> None:
        """The appointment, for its provider or the one who schedules in its room."""
        super().load(**kwargs)
        if self.person.pk != self.appointment.provider_id:
            require_scheduler(self.person, self.appointment.room)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, unless nothing can be cancelled any more."""
        require_movable(self.appointment, self.now)
        return super().get(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Cancel and go back to the session's page."""
        cancel_appointment(
            actor=self.person,
            code=self.appointment.code,
            reason=form.cleaned_data.get("reason"),
            words=form.cleaned_data["words"],
            agreed=form.cleaned_data["agreed"],
            now=self.now,
        )
        messages.success(self.request, _("The live session is cancelled."))
        return self.address()

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The session and what cancelling costs at this moment."""
        consequence = consequence_for(self.person, self.appointment, self.now)
        shown = super().context(form)
        return {
            **shown,
            "consequence": consequence,
            "consequence_words": _with(
                display.cancel_words(
                    consequence, self.appointment, by_provider=shown["is_provider"]
                ),
                how_charged(consequence, self.appointment),
            ),
            "keep_url": self.address(),
        }


def _with(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
