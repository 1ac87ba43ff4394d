"""A provider offers exact times: in answer to a wish or a request, or unasked (R6, R9)."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from alcove.booking import display, times_words
from alcove.booking.access import appointments_of, bookable_room_for, require_provider
from alcove.booking.actions.offer_times import MOST_TIMES, offer_times
from alcove.booking.exchange import FittingDay, fitting_days, live_proposal, picture_for
from alcove.booking.models import Appointment, Status, TimeProposal
from alcove.booking.queries import SlotSearch, room_terms
from alcove.booking.times_forms import OfferTimesForm
from alcove.core.errors import DomainError
from alcove.core.formats import day_and_time, zone_name
from alcove.core.pages import ActionPage
from alcove.people.models import Person, Practice
from alcove.rooms.models import Membership
from alcove.rooms.wording import people_words

State = TimeProposal.State


class OfferTimes(ActionPage):
    """The wishes over the provider's own calendar, and up to three times to offer."""

    template_name = "booking/offer_times.html"

    def load(self, **kwargs: Any) -> None:
        """The room, for its provider; what it wishes, and the request that is to be replaced."""
        self.person = cast(Person, self.request.user)
        room = bookable_room_for(self.person, kwargs["room"])
        require_provider(self.person, room)
        self.room = room
        self.practice = Practice.load()
        self.terms = room_terms(room, self.practice, self.now)
        self.calendar, _entitlement = self.terms.require_bookable()
        self.proposal = live_proposal(room)
        self.instead_of = self._request()

    def _request(self) -> Appointment | None:
        code = self.request.POST.get("instead_of") or self.request.GET.get("instead_of", "")
        return (
            appointments_of(self.person)
            .filter(code=code, room=self.room, status=Status.REQUESTED)
            .first()
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, or the offer that waits already."""
        if self.proposal is not None and self.proposal.state == State.OFFERED:
            return HttpResponseRedirect(reverse("booking:proposal", args=[self.proposal.code]))
        return super().get(request, *args, **kwargs)

    @cached_property
    def session(self) -> tuple[str, int]:
        """Type and length: what was asked for, else what was chosen, else the first there are."""
        for asked in (self.instead_of, self.proposal):
            if asked is not None:
                return asked.modality, asked.length_minutes
        chosen = self.request.POST.get("session") or self.request.GET.get("session", "")
        found = [
            (modality, length)
            for modality, lengths in self.terms.offers.items()
            for length in lengths
        ]
        return next((one for one in found if f"{one[0]}.{one[1]}" == chosen), found[0])

    @cached_property
    def fitting(self) -> list[FittingDay]:
        """The listed starts."""
        modality, length = self.session
        search = SlotSearch(self.room, self.calendar, modality, length, self.now)
        wishes = self.proposal.wishes.all() if self.proposal else ()
        return fitting_days(search, wishes, self.person, self.now)

    def get_form(self, data: Any = None) -> forms.Form:
        """The form over the listed starts."""
        modality, length = self.session
        return OfferTimesForm(
            data,
            provider=self.person,
            fitting=[start for day in self.fitting for start in day.starts],
            initial={
                "session": f"{modality}.{length}",
                "instead_of": self.instead_of.code if self.instead_of else "",
            },
        )

    def perform(self, form: forms.Form) -> str:
        """Offer them and show the offer."""
        modality, length = form.cleaned_data["session"]
        proposal = offer_times(
            actor=self.person,
            room_code=self.room.code,
            modality=modality,
            length_minutes=length,
            starts=form.cleaned_data["all_starts"],
            words=form.cleaned_data["words"],
            now=self.now,
            instead_of=form.cleaned_data["instead_of"],
        )
        messages.success(self.request, _("Your times are offered. The client is told."))
        return reverse("booking:proposal", args=[proposal.code])

    def refuse(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """Show it as it is now: somebody may have answered or taken a time meanwhile."""
        self.proposal = live_proposal(self.room)
        del self.fitting
        return super().refuse(form, error)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The picture, the listed starts and the wishes in words."""
        modality, length = self.session
        wishes = list(self.proposal.wishes.all()) if self.proposal else []
        members = Membership.objects.filter(room=self.room).select_related("person")
        zone = self.person.zone
        chosen = cast(OfferTimesForm, form).chosen
        return {
            "room": self.room,
            "proposal": self.proposal,
            "waits": self.proposal is not None and self.proposal.state == State.OPEN,
            "answer_by": self.proposal and day_and_time(self.proposal.answer_by, zone),
            "names": people_words(one.person for one in members if one.person_id != self.person.pk),
            "what": display.session_words(modality, length),
            "sessions": [
                (f"{one}.{n}", display.session_words(one, n))
                for one, lengths in self.terms.offers.items()
                for n in lengths
            ]
            if not (self.proposal or self.instead_of)
            else [],
            "session": f"{modality}.{length}",
            "instead_of": self.instead_of
            and times_words.span_words(self.instead_of.starts_at, length),
            "wishes": [times_words.wish_of(wish, self.person, self.now) for wish in wishes],
            "has_common": len(wishes) > 1,
            "weeks": picture_for(self.calendar, modality, length, wishes, self.person, self.now),
            "fitting": [
                {
                    "date": day.date,
                    "starts": [
                        {
                            "value": start.isoformat(),
                            "at": start,
                            "is_outside": start in day.outside,
                            "is_chosen": start.isoformat() in chosen,
                        }
                        for start in day.starts
                    ],
                }
                for day in self.fitting
            ],
            "zone": zone_name(zone, self.now),
            "most": MOST_TIMES,
            "offer_hours": self.practice.offer_hours,
        }
