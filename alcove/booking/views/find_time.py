"""Finding a time when none suits (R6): sharing times, and the page of the exchange."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.billing.queries import credit_standing
from alcove.booking import display, times_words
from alcove.booking.access import bookable_room_for, proposals_of
from alcove.booking.actions.accept_time import accept_time
from alcove.booking.actions.answer_proposal import (
    decline_wish,
    refuse_times,
    take_back_times,
    withdraw_wish,
)
from alcove.booking.actions.propose_times import propose_times
from alcove.booking.exchange import live_proposal, wished_of, with_times
from alcove.booking.models import TimeProposal
from alcove.booking.queries import room_terms
from alcove.booking.times_forms import ExchangeForm, ShareTimesForm
from alcove.core.errors import DomainError, NotAllowed, NotFound
from alcove.core.pages import ActionPage
from alcove.people.models import Person, Practice
from alcove.rooms.models import Membership, Room
from alcove.rooms.wording import people_words

State = TimeProposal.State


class ShareTimes(ActionPage):
    """The grid on which a client marks when they would be free."""

    template_name = "booking/share_times.html"

    def load(self, **kwargs: Any) -> None:
        """The room, for its clients, where it can be booked; and the exchange under way."""
        self.person = cast(Person, self.request.user)
        self.room = bookable_room_for(self.person, kwargs["room"])
        if self.person.pk == self.room.provider_id:
            raise NotAllowed
        self.terms = room_terms(self.room, Practice.load(), self.now)
        self.terms.require_bookable()
        self.proposal = live_proposal(self.room)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, or the times that are offered and come first."""
        if self.proposal is not None and self.proposal.state == State.OFFERED:
            return HttpResponseRedirect(reverse("booking:proposal", args=[self.proposal.code]))
        return super().get(request, *args, **kwargs)

    def get_form(self, data: Any = None) -> forms.Form:
        """The form, with what the reader has marked before."""
        wishes = self.proposal.wishes.all() if self.proposal else ()
        own = next((one for one in wishes if one.person_id == self.person.pk), None)
        return ShareTimesForm(
            data,
            offers=self.terms.offers,
            today=self.now.astimezone(self.person.zone).date(),
            wished=wished_of(own) if own else (),
            initial={"session": self._session(), "words": own.words if own else ""},
        )

    def _session(self) -> str:
        if self.proposal is not None:
            return f"{self.proposal.modality}.{self.proposal.length_minutes}"
        return f"{self.request.GET.get('modality', '')}.{self.request.GET.get('length', '')}"

    def perform(self, form: forms.Form) -> str:
        """Share and go to the page of the exchange."""
        modality, length = form.cleaned_data["session"]
        proposal = propose_times(
            actor=self.person,
            room_code=self.room.code,
            modality=modality,
            length_minutes=length,
            wished=form.cleaned_data["wished"],
            words=form.cleaned_data["words"],
            now=self.now,
        )
        by_owner = self.person.pk == self.room.owner_id
        told = self.room.provider.name if by_owner else self.room.owner.name
        messages.success(
            self.request, _("Your times are shared. %(name)s is told.") % {"name": told}
        )
        return reverse("booking:proposal", args=[proposal.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The weeks to mark, and what others have marked."""
        share = cast(ShareTimesForm, form)
        marked = share.marked
        weeks = [
            times_words.grid_rows(share.dates[day : day + 7], marked, self.person, self.now)
            for day in range(0, len(share.dates), 7)
        ]
        wishes = self.proposal.wishes.all() if self.proposal else ()
        choice = urlencode(
            {
                "modality": self.request.GET.get("modality", ""),
                "length": self.request.GET.get("length", ""),
            }
        )
        return {
            "room": self.room,
            "by_owner": self.person.pk == self.room.owner_id,
            "is_couples": self.room.kind == Room.Kind.COUPLES,
            "parts": times_words.part_heads(),
            "weeks": weeks[:2],
            "later_weeks": weeks[2:],
            "later_is_used": _is_used(weeks[2:]),
            "weekdays": (
                weekdays := times_words.grid_rows(range(7), marked, self.person, self.now)
            ),
            "weekdays_are_used": _is_used([weekdays]),
            "exact_is_used": any(row.is_used for row in share.exact_rows),
            "others": [
                times_words.wish_of(wish, self.person, self.now)
                for wish in wishes
                if wish.person_id != self.person.pk
            ],
            "back_url": f"{reverse('booking:new_time', args=[self.room.code])}?{choice}"
            if self.person.pk == self.room.owner_id
            else reverse("rooms:room", args=[self.room.code]),
            "is_change": bool(wishes) and any(w.person_id == self.person.pk for w in wishes),
        }


def _is_used(weeks: list[list[dict[str, Any]]]) -> bool:
    return any(cell["is_marked"] for week in weeks for row in week for cell in row["cells"])


class Exchange(ActionPage):
    """One time proposal: the wishes, the offered times, and what its reader can do now."""

    template_name = "booking/exchange.html"
    form_class = ExchangeForm

    def load(self, **kwargs: Any) -> None:
        """The proposal, for the members of its room."""
        self.person = cast(Person, self.request.user)
        proposal = with_times(proposals_of(self.person).filter(code=kwargs["code"])).first()
        if proposal is None:
            raise NotFound
        self.proposal = proposal
        self.room = proposal.room

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it; a provider whose times are awaited goes to where they offer them."""
        if self.proposal.state == State.OPEN and self.person.pk == self.room.provider_id:
            return HttpResponseRedirect(reverse("booking:offer_times", args=[self.room.code]))
        return super().get(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Do what was chosen; a booked time leads to its session."""
        known: dict[str, Any] = {
            "actor": self.person,
            "code": self.proposal.code,
            "now": self.now,
        }
        act = form.cleaned_data["act"]
        if act == "accept":
            session = accept_time(starts_at=form.cleaned_data["starts_at"], **known)
            messages.success(self.request, _("Your live session is booked and confirmed."))
            return reverse("booking:appointment", args=[session.code])
        if act == "decline":
            decline_wish(words=form.cleaned_data["words"], **known)
            messages.success(self.request, _("Declined. The client is told."))
            return reverse("booking:requests")
        {"refuse": refuse_times, "take_back": take_back_times, "withdraw": withdraw_wish}[act](
            **known
        )
        messages.success(
            self.request,
            {
                "refuse": _("The times are free again, and the provider is told."),
                "take_back": _("Your offer is withdrawn. The times are free again."),
                "withdraw": _("Your times are withdrawn."),
            }[act],
        )
        if act == "refuse" and self.proposal.wishes.all():
            return reverse("booking:share_times", args=[self.room.code])
        return reverse("booking:proposal", args=[self.proposal.code])

    def refuse(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """Show it as it is now: somebody may have answered meanwhile."""
        self.load(**self.kwargs)
        return super().refuse(form, error)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Everything about it in words, and the acts that are the reader's."""
        proposal, practice = self.proposal, Practice.load()
        by_owner = self.person.pk == self.room.owner_id
        by_provider = self.person.pk == self.room.provider_id
        wishes = [
            times_words.wish_of(wish, self.person, self.now) for wish in proposal.wishes.all()
        ]
        offered = times_words.offered_of(
            proposal.offered.all(), proposal, practice.notice, self.now
        )
        is_offered = proposal.state == State.OFFERED and self.now < proposal.answer_by
        choice = urlencode({"modality": proposal.modality, "length": proposal.length_minutes})
        members = Membership.objects.filter(room=self.room).select_related("person")
        return {
            "proposal": proposal,
            "room": self.room,
            "what": display.session_words(proposal.modality, proposal.length_minutes),
            "names": people_words(one.person for one in members if one.person_id != self.person.pk),
            "state_words": times_words.state_words(proposal, self.person),
            "wishes": wishes,
            "offered": offered,
            "is_offered": is_offered,
            "can_choose": is_offered and by_owner,
            "can_take_back": is_offered and by_provider,
            "can_change": not by_provider and proposal.state in {State.SUGGESTED, State.OPEN},
            "can_withdraw": not by_provider
            and proposal.is_live
            and any(wish["is_own"] for wish in wishes),
            "credit_words": self._credit_words(practice) if is_offered and by_owner else "",
            "policy": times_words.policy_of(self.room, practice, self.now)
            if is_offered and by_owner
            else None,
            "times_url": f"{reverse('booking:new_time', args=[self.room.code])}?{choice}"
            if by_owner
            else "",
            "by_provider": by_provider,
        }

    def _credit_words(self, practice: Practice) -> str:
        """What is left, where that is nothing: an offered time needs a credit like any other."""
        entitlement = getattr(self.room, "entitlement", None)
        if entitlement is None:
            return ""
        standing = credit_standing(self.room, entitlement, practice, self.now)
        return "" if standing.balance.available else display.credit_words(standing)
