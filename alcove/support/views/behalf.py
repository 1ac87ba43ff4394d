"""Scheduling, moving and cancelling for a client, by the client's own rules (R18)."""

from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.availability.models import Modality
from alcove.billing.queries import credit_standing
from alcove.booking import display
from alcove.booking.access import appointment_on_behalf, hold_on_behalf, room_on_behalf
from alcove.booking.actions.cancel import cancel_appointment, consequence_for
from alcove.booking.actions.hold import hold_slot, hold_slot_to_move, require_movable
from alcove.booking.actions.request import confirms_automatically, request_appointment
from alcove.booking.actions.reschedule import reschedule_appointment
from alcove.booking.behalf import Behalf
from alcove.booking.errors import HoldExpired
from alcove.booking.forms import ChooseTimeForm, MoveTimeForm
from alcove.booking.models import Appointment
from alcove.booking.policies import FREE, Consequence
from alcove.booking.queries import SlotSearch, room_terms
from alcove.booking.views.choose_time import ChooseTime
from alcove.core.pages import ActionPage
from alcove.people.actions.record_look import record_look
from alcove.people.models import Person, Practice
from alcove.support.forms import BehalfForm
from alcove.support.wording import due_words, their_time, tone_of

READ_ONLY = ["get", "head", "options"]


class BehalfPage(ActionPage):
    """A page on which staff act for a client; looking at it is on record."""

    form_class: ClassVar[type[forms.Form]] = BehalfForm

    @property
    def staff(self) -> Person:
        """Who acts."""
        return cast(Person, self.request.user)

    def look(self, subject: str) -> None:
        """Put the look on record, whatever the method: a post with wrong input shows the page too."""
        record_look(actor=self.staff, subject=subject, now=self.now)

    def behalf(self, form: forms.Form) -> Behalf:
        """Why, and what is waived."""
        words = form.cleaned_data
        return Behalf(reason=words["reason"], waives=words["waives"])

    def agreed(self, form: forms.Form) -> str:
        """The consequence that the page has shown, or none where it is waived."""
        words = form.cleaned_data
        return FREE.token if words["waives"] else words["agreed"]

    def about_cost(self, due: Consequence, client: Person) -> dict[str, Any]:
        """What the change costs the client, and whether this one of staff can make it."""
        is_late = due != FREE
        return {
            "due": due,
            "due_words": due_words(due, client.name),
            "due_tone": tone_of(due),
            "may_waive": is_late and self.staff.is_admin,
            "is_refused": is_late and not self.staff.is_admin,
        }


class BookType(BehalfPage):
    """Choose type and length for a client of a room."""

    template_name = "support/book_type.html"
    http_method_names = READ_ONLY

    def load(self, **kwargs: Any) -> None:
        """The room, for staff who are not in it."""
        self.room = room_on_behalf(self.staff, kwargs["room"])
        self.practice = Practice.load()
        self.terms = room_terms(self.room, self.practice, self.now)
        self.look(self.room.key)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go on with what was chosen, or show what there is."""
        chosen = request.GET.get("session")
        form = forms.Form(request.GET if chosen is not None or "go" in request.GET else None)
        _calendar, self.entitlement = self.terms.require_bookable()
        for modality, lengths in self.terms.offers.items():
            for length in lengths:
                if chosen == f"{modality}.{length}":
                    query = urlencode({"modality": modality, "length": length})
                    address = reverse("desk:book_time", args=[self.room.code])
                    return HttpResponseRedirect(f"{address}?{query}")
        if form.is_bound:
            form.is_valid()
            form.add_error(None, _("Please choose a session type and length."))
        return self.show(form, status=422 if form.is_bound else 200)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What plan and provider have in common, and the credits that are left."""
        standing = credit_standing(self.room, self.entitlement, self.practice, self.now)
        return {
            "room": self.room,
            "has_credit": standing.balance.available > 0,
            "credit_words": display.credit_words(standing),
            "types": [
                (
                    Modality(modality).label,
                    [(f"{modality}.{n}", display.minutes_words(n)) for n in lengths],
                )
                for modality, lengths in self.terms.offers.items()
            ],
        }


class BookTime(ChooseTime, BehalfPage):
    """Choose a free start for the client; it is kept while staff review."""

    form_class = ChooseTimeForm

    def load(self, **kwargs: Any) -> None:
        """The room, for staff who are not in it."""
        self.room = room_on_behalf(self.staff, kwargs["room"])
        self.terms = room_terms(self.room, Practice.load(), self.now)
        self.look(self.room.key)

    def search(self) -> SlotSearch:
        """For the type and length asked for, or the first there are."""
        calendar, _entitlement = self.terms.require_bookable()
        modality = self.asked("modality")
        if modality not in self.terms.offers:
            modality = next(iter(self.terms.offers))
        lengths = self.terms.offers[modality]
        length = next((n for n in lengths if str(n) == self.asked("length")), lengths[0])
        return SlotSearch(self.room, calendar, modality, length, self.now)

    def perform(self, form: forms.Form) -> str:
        """Hold it and go to the review."""
        hold = hold_slot(
            actor=self.staff,
            room_code=self.room.code,
            modality=form.cleaned_data["modality"],
            length_minutes=form.cleaned_data["length"],
            starts_at=form.cleaned_data["starts_at"],
            for_client=True,
            now=self.now,
        )
        return reverse("desk:book", args=[hold.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The month, for whom, and the way back."""
        shown = super().context(form)
        choice = {"modality": shown["modality"], "length": shown["length"]}
        return {
            **shown,
            "for_client": self.room.owner,
            "back_url": reverse("desk:book_type", args=[self.room.code]),
            "back_label": _("Session type and length"),
            "what": display.session_words(shown["modality"], shown["length"]),
            "choice": urlencode(choice),
        }


class Book(BehalfPage):
    """Everything once more, the reason, then the booking for the client."""

    template_name = "support/book.html"

    def load(self, **kwargs: Any) -> None:
        """The hold that this one of staff has made."""
        self.hold = hold_on_behalf(self.staff, kwargs["hold"])
        self.look(self.hold.room.key)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, or where it has led to already."""
        if self.hold.became is not None:
            return HttpResponseRedirect(reverse("desk:session", args=[self.hold.became.code]))
        if self.hold.moves is not None:
            return HttpResponseRedirect(reverse("desk:review_move", args=[self.hold.code]))
        return super().get(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Book it and go to its page."""
        appointment = request_appointment(
            actor=self.staff, hold_code=self.hold.code, behalf=self.behalf(form), now=self.now
        )
        client = self.hold.room.owner.name
        messages.success(self.request, _("Booked for %(name)s.") % {"name": client})
        return reverse("desk:session", args=[appointment.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The session to be, on the clocks of staff and client, and its terms."""
        hold, room, practice = self.hold, self.hold.room, Practice.load()
        terms = room_terms(room, practice, self.now)
        calendar, entitlement = terms.require_bookable()
        standing = credit_standing(room, entitlement, practice, self.now)
        is_automatic = confirms_automatically(calendar, practice)
        address = reverse("desk:book_time", args=[room.code])
        choice = urlencode({"modality": hold.modality, "length": hold.length_minutes})
        return {
            "hold": hold,
            "room": room,
            "what": display.session_words(hold.modality, hold.length_minutes),
            "client_time": their_time(hold, room.owner),
            "is_expired": not hold.is_good_at(self.now),
            "expired_text": str(HoldExpired.message),
            "credit_words": display.credit_words(standing),
            "has_credit": standing.balance.available > 0,
            "is_automatic": is_automatic,
            "policy": display.policy_words(
                display.terms_to_be(hold, practice, is_automatic=is_automatic),
                practice.notice_hours,
                room.provider.name,
                now=self.now,
            ),
            "time_url": f"{address}?{choice}",
        }


class Move(ChooseTime, BehalfPage):
    """Choose another time for a client's session; the present one stands meanwhile."""

    form_class = MoveTimeForm

    def load(self, **kwargs: Any) -> None:
        """The session, for staff who are not in its room."""
        self.appointment = appointment_on_behalf(self.staff, kwargs["code"])
        self.terms = room_terms(self.appointment.room, Practice.load(), self.now)
        self.look(self.appointment.key)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the times, unless nothing can be moved any more."""
        require_movable(self.appointment, self.now)
        return super().get(request, *args, **kwargs)

    def search(self) -> SlotSearch:
        """For the same type and length; its own present time does not stand in the way."""
        one = self.appointment
        calendar, _entitlement = self.terms.require_bookable()
        return SlotSearch(one.room, calendar, one.modality, one.length_minutes, self.now, one)

    def perform(self, form: forms.Form) -> str:
        """Hold it and go to the review of the move."""
        hold = hold_slot_to_move(
            actor=self.staff,
            appointment_code=self.appointment.code,
            starts_at=form.cleaned_data["starts_at"],
            for_client=True,
            now=self.now,
        )
        return reverse("desk:review_move", args=[hold.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The month, the session that is moved, and what that costs."""
        shown = super().context(form)
        client = self.appointment.room.owner
        due = consequence_for(self.staff, self.appointment, self.now)
        return {
            **shown,
            "appointment": self.appointment,
            "for_client": client,
            "consequence": due,
            "consequence_words": due_words(due, client.name),
            "back_url": reverse("desk:session", args=[self.appointment.code]),
            "back_label": _("Back to the session"),
            "what": display.session_words(shown["modality"], shown["length"]),
            "choice": "",
        }


class ReviewMove(BehalfPage):
    """Old and new time, what it costs the client, the reason, then the move."""

    template_name = "support/review_move.html"

    def load(self, **kwargs: Any) -> None:
        """The hold that this one of staff has made."""
        self.hold = hold_on_behalf(self.staff, kwargs["hold"])
        self.look((self.hold.moves or self.hold.room).key)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, or where it has led to already."""
        if self.hold.became is not None:
            return HttpResponseRedirect(reverse("desk:session", args=[self.hold.became.code]))
        if self.hold.moves is None:
            return HttpResponseRedirect(reverse("desk:book", args=[self.hold.code]))
        require_movable(self.hold.moves, self.now)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Move it; the hold of a new booking moves nothing and has its own page."""
        if self.hold.moves is None:
            return HttpResponseRedirect(reverse("desk:book", args=[self.hold.code]))
        return super().post(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Move it and go to its page."""
        appointment = reschedule_appointment(
            actor=self.staff,
            hold_code=self.hold.code,
            agreed=self.agreed(form),
            behalf=self.behalf(form),
            now=self.now,
        )
        client = self.hold.room.owner.name
        messages.success(self.request, _("Moved for %(name)s.") % {"name": client})
        return reverse("desk:session", args=[appointment.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Both times, and what the move costs at this moment."""
        hold = self.hold
        appointment = cast(Appointment, hold.moves)
        client = hold.room.owner
        return {
            "hold": hold,
            "room": hold.room,
            "appointment": appointment,
            "what": display.session_words(hold.modality, hold.length_minutes),
            "client_time": their_time(hold, client),
            "is_expired": not hold.is_good_at(self.now),
            "expired_text": str(HoldExpired.message),
            "time_url": reverse("desk:move", args=[appointment.code]),
            **self.about_cost(consequence_for(self.staff, appointment, self.now), client),
        }


class Cancel(BehalfPage):
    """The exact consequence for the client and the reason, then the cancelling."""

    template_name = "support/cancel.html"

    def load(self, **kwargs: Any) -> None:
        """The session, for staff who are not in its room."""
        self.appointment = appointment_on_behalf(self.staff, kwargs["code"])
        self.look(self.appointment.key)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, unless nothing can be cancelled any more."""
        require_movable(self.appointment, self.now)
        return super().get(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Cancel and go back to the session's page."""
        cancel_appointment(
            actor=self.staff,
            code=self.appointment.code,
            reason=None,
            words="",
            agreed=self.agreed(form),
            behalf=self.behalf(form),
            now=self.now,
        )
        client = self.appointment.room.owner.name
        messages.success(self.request, _("Cancelled for %(name)s.") % {"name": client})
        return reverse("desk:session", args=[self.appointment.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The session, and what cancelling costs at this moment."""
        appointment = self.appointment
        client = appointment.room.owner
        return {
            "appointment": appointment,
            "room": appointment.room,
            "what": display.session_words(appointment.modality, appointment.length_minutes),
            "client_time": their_time(appointment, client),
            "is_movable": appointment.is_active and self.now < appointment.starts_at,
            **self.about_cost(consequence_for(self.staff, appointment, self.now), client),
        }
