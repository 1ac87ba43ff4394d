"""The provider's requests: what waits for an answer, and the page that gives it (R9)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from alcove.booking import display
from alcove.booking.access import appointment_for, appointments_of, require_provider
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.exchange import exchanges_of
from alcove.booking.history import former_start
from alcove.booking.models import ACTIVE, Appointment, Ending, Status, TimeProposal
from alcove.booking.queries import requests_for
from alcove.core import clock
from alcove.core.clock import instant
from alcove.core.errors import DomainError, NotAllowed
from alcove.core.formats import clock_time, day_and_time, long_day, zone_name
from alcove.core.pages import ActionPage
from alcove.core.zones import local_date_bounds
from alcove.people.models import Person
from alcove.rooms.models import Membership
from alcove.rooms.wording import people_words

# So near its end a request is marked.
NEAR = dt.timedelta(hours=2)
LONGEST_WORDS = 1000
State = TimeProposal.State


class Requests(LoginRequiredMixin, View):
    """What waits for this provider's answer, the earliest deadline first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them; NotAllowed for people who are no providers."""
        provider = cast(Person, request.user)
        if not provider.is_provider:
            raise NotAllowed
        now = clock.now()
        waiting = with_members(requests_for(provider).filter(confirm_by__gt=now))
        exchanges = with_people(exchanges_of(provider, now))
        context = {
            "requests": [card_of(appointment, provider, now) for appointment in waiting],
            "wishes": [
                exchange_card(one, provider) for one in exchanges if one.state == State.OPEN
            ],
            "offers": [
                exchange_card(one, provider) for one in exchanges if one.state == State.OFFERED
            ],
            "zone": zone_name(provider.zone, now),
        }
        return render(request, "booking/requests.html", context)


def with_people(proposals: QuerySet[TimeProposal]) -> QuerySet[TimeProposal]:
    """The same, with the people of their rooms; one more statement."""
    people = Membership.objects.select_related("person").order_by("person_id")
    return proposals.prefetch_related(Prefetch("room__memberships", queryset=people))


def exchange_card(proposal: TimeProposal, provider: Person) -> dict[str, Any]:
    """An exchange about a time in words; ``url`` is where the provider goes on with it."""
    rows = proposal.room.memberships.all()
    return {
        "names": people_words(row.person for row in rows if row.person_id != provider.pk),
        "what": display.session_words(proposal.modality, proposal.length_minutes),
        "answer_by": day_and_time(proposal.answer_by, provider.zone),
        "url": reverse("booking:proposal", args=[proposal.code]),
    }


class AnswerForm(forms.Form):
    """Yes or no; a no may carry a word for the client."""

    answer = forms.ChoiceField(
        choices=[("confirm", "confirm"), ("decline", "decline")], widget=forms.HiddenInput
    )
    # Answered from the room's messages, which is where to go on then.
    in_room = forms.BooleanField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("A word for the client"),
        help_text=gettext_lazy("The client reads this on the page of the session."),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Answer(ActionPage):
    """One request: what it is about, what else is on that day, and the answer."""

    template_name = "booking/request.html"
    form_class = AnswerForm

    def load(self, **kwargs: Any) -> None:
        """The request, for its provider; NotFound for strangers, NotAllowed for its clients."""
        self.person = cast(Person, self.request.user)
        self.appointment = appointment_for(self.person, kwargs["code"])
        require_provider(self.person, self.appointment)

    def perform(self, form: forms.Form) -> str:
        """Answer; go on to the next request, or back to the room."""
        code = self.appointment.code
        if form.cleaned_data["answer"] == "confirm":
            confirm_appointment(actor=self.person, code=code, now=self.now)
            messages.success(self.request, _("Confirmed. Everybody in the room is told."))
        else:
            words = form.cleaned_data["words"]
            decline_appointment(actor=self.person, code=code, words=words, now=self.now)
            messages.success(
                self.request, _("Declined. The time is free again and the client is told.")
            )
        if form.cleaned_data["in_room"]:
            return reverse("rooms:room", args=[self.appointment.room.code]) + "#newest"
        return reverse("booking:requests")

    def refuse(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """Show the request as it is now: somebody may have settled it meanwhile."""
        self.load(**self.kwargs)
        return super().refuse(form, error)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The request in words of the reader's zone."""
        appointment, zone = self.appointment, self.person.zone
        waits = appointment.status == Status.REQUESTED and self.now < appointment.confirm_by
        former = former_start(appointment)
        return {
            "request_card": card_of(appointment, self.person, self.now),
            "day": long_day(appointment.starts_at, zone),
            "time": span(appointment, self.person),
            "zone": zone_name(zone, appointment.starts_at),
            "appointment": appointment,
            "former": day_and_time(former, zone) if former else "",
            "waits": waits,
            "what_happened": "" if waits else what_happened(appointment, self.person, self.now),
            "others": [
                {
                    "time": span(other, self.person),
                    "names": names_of(other, self.person),
                    "what": what_of(other),
                    "status": other.status,
                    "code": other.code,
                }
                for other in others_that_day(appointment, self.person)
            ],
        }


def with_members(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """The same, with the people of their rooms: two statements, however many there are."""
    people = Membership.objects.select_related("person").order_by("person_id")
    return appointments.prefetch_related(Prefetch("room__memberships", queryset=people))


def others_that_day(appointment: Appointment, provider: Person) -> Iterable[Appointment]:
    """The provider's other active sessions on that date of their zone, in order."""
    date = appointment.starts_at.astimezone(provider.zone).date()
    opens, closes = local_date_bounds(provider.zone, date)
    return with_members(
        appointments_of(provider)
        .filter(
            provider=provider,
            status__in=ACTIVE,
            starts_at__lt=instant(closes),
            ends_at__gt=instant(opens),
        )
        .exclude(pk=appointment.pk)
        .order_by("starts_at")
    )


def card_of(appointment: Appointment, provider: Person, now: dt.datetime) -> dict[str, Any]:
    """A request in words; ``is_near`` when little time is left to answer it."""
    return {
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "modality": appointment.modality,
        "what": what_of(appointment),
        "names": names_of(appointment, provider),
        "is_near": appointment.confirm_by - now <= NEAR,
        "answer_by": day_and_time(appointment.confirm_by, provider.zone),
        "url": reverse("booking:request", args=[appointment.code]),
    }


def names_of(appointment: Appointment, reader: Person) -> str:
    """The other members of the room."""
    rows = appointment.room.memberships.all()
    return people_words(row.person for row in rows if row.person_id != reader.pk)


def what_of(appointment: Appointment) -> str:
    """Such as "Video session, 45 minutes"."""
    return _("%(type)s session, %(minutes)s minutes") % {
        "type": appointment.get_modality_display(),
        "minutes": appointment.length_minutes,
    }


def span(appointment: Appointment, reader: Person) -> str:
    """From when to when, on the reader's wall clock."""
    starts, ends = appointment.starts_at, appointment.ends_at
    return f"{clock_time(starts, reader.zone)} – {clock_time(ends, reader.zone)}"


def what_happened(appointment: Appointment, reader: Person, now: dt.datetime) -> str:
    """Why there is nothing left to answer, and when it came to that."""
    if appointment.status in {Status.REQUESTED, Status.LAPSED}:
        return _("The time to answer this request ended on %(when)s. The client is told.") % {
            "when": day_and_time(appointment.confirm_by, reader.zone)
        }
    if appointment.status == Status.CONFIRMED:
        return _("This live session is confirmed.")
    ending = Ending.objects.filter(appointment=appointment).select_related("ended_by").first()
    if ending is None:
        return _("This request has been settled: %(status)s.") % {
            "status": appointment.get_status_display()
        }
    by_you = ending.ended_by_id == reader.pk
    name = _("you") if by_you else ending.ended_by.name if ending.ended_by else _("the practice")
    values = {"when": day_and_time(ending.ended_at, reader.zone), "name": name}
    if appointment.status == Status.DECLINED:
        return _("Declined by %(name)s on %(when)s.") % values
    return _("Cancelled by %(name)s on %(when)s.") % values
