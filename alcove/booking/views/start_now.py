"""Ringing a provider for a session at once, and waiting for the answer (R16)."""

import datetime as dt
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.availability.models import Modality
from alcove.billing.queries import credit_standing
from alcove.booking import display
from alcove.booking.access import bookable_room_for, require_scheduler, ring_for
from alcove.booking.actions.ring import ring_provider
from alcove.booking.actions.withdraw_ring import withdraw_ring
from alcove.booking.forms import RingForm
from alcove.booking.models import Ring
from alcove.booking.queries import RoomTerms, SlotSearch, room_terms
from alcove.core.errors import DomainError
from alcove.core.pages import ActionPage
from alcove.core.rate_limit import count_request
from alcove.people.models import Person, Practice

# Far above what a hand does: a ring makes somebody look up.
RINGS_PER_MINUTE = 6


def free_at_once(terms: RoomTerms, now: dt.datetime) -> dict[str, list[int]]:
    """Types and lengths for which this room's provider can be rung at ``now``; else nothing."""
    calendar = terms.calendar
    if calendar is None or terms.obstacle or not calendar.is_available_now(now):
        return {}
    lengths = {length for offered in terms.offers.values() for length in offered}
    search = SlotSearch(terms.room, calendar, next(iter(terms.offers)), max(lengths), now)
    free = set(search.lengths_free_at_once(lengths))
    found = {
        modality: [n for n in offered if n in free] for modality, offered in terms.offers.items()
    }
    return {modality: offered for modality, offered in found.items() if offered}


class StartNow(ActionPage):
    """Type and length, what it spends, then Ring."""

    template_name = "booking/start_now.html"
    form_class = RingForm

    def load(self, **kwargs: Any) -> None:
        """The room, for the one who schedules in it, where it can be booked."""
        self.person = cast(Person, self.request.user)
        room = bookable_room_for(self.person, kwargs["room"])
        require_scheduler(self.person, room)
        self.practice = Practice.load()
        self.terms = room_terms(room, self.practice, self.now)
        self.calendar, self.entitlement = self.terms.require_bookable()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, or the ring that is under way."""
        ringing = Ring.objects.filter(
            room=self.terms.room, answer=Ring.Answer.OPEN, expires_at__gt=self.now
        ).first()
        if ringing is not None:
            return HttpResponseRedirect(reverse("booking:ringing", args=[ringing.code]))
        return super().get(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Ring and go on to wait."""
        count_request("ring", self.person.key, limit=RINGS_PER_MINUTE, now=self.now)
        modality, length = form.cleaned_data["session"]
        ring = ring_provider(
            actor=self.person,
            room_code=self.terms.room.code,
            modality=modality,
            length_minutes=length,
            now=self.now,
        )
        return reverse("booking:ringing", args=[ring.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What can start at this moment, and what it spends."""
        room = self.terms.room
        standing = credit_standing(room, self.entitlement, self.practice, self.now)
        free = free_at_once(self.terms, self.now)
        chosen = form["session"].value() if form.is_bound else self.request.GET.get("session")
        return {
            "room": room,
            "is_available": self.calendar.is_available_now(self.now),
            "has_credit": standing.balance.available > 0,
            "credit_words": display.credit_words(standing),
            "chosen": chosen,
            "types": [
                {
                    "modality": modality,
                    "label": Modality(modality).label,
                    "lengths": [
                        {"value": f"{modality}.{n}", "label": display.minutes_words(n)}
                        for n in lengths
                    ],
                }
                for modality, lengths in free.items()
            ],
        }


class Ringing(ActionPage):
    """The two minutes of waiting, with the way to withdraw; then how it ended."""

    template_name = "booking/ringing.html"

    def load(self, **kwargs: Any) -> None:
        """The ring, for the one who schedules in its room."""
        self.person = cast(Person, self.request.user)
        self.ring = ring_for(self.person, kwargs["code"])
        require_scheduler(self.person, self.ring.room)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Wait, say how it ended, or go to the session that it became."""
        if self.ring.became is not None:
            return HttpResponseRedirect(reverse("live:session", args=[self.ring.became.code]))
        return super().get(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Withdraw."""
        withdraw_ring(actor=self.person, code=self.ring.code, now=self.now)
        messages.success(self.request, _("You have stopped ringing. Nothing was spent."))
        return reverse("booking:ringing", args=[self.ring.code])

    def refuse(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """Show how it has ended meanwhile; a session that began is where to go."""
        self.load(**self.kwargs)
        if self.ring.became is not None:
            return HttpResponseRedirect(reverse("live:session", args=[self.ring.became.code]))
        return super().refuse(form, error)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The ring, and where else there is a time when it has come to nothing."""
        ring, room = self.ring, self.ring.room
        is_open = ring.is_open_at(self.now)
        query = urlencode({"modality": ring.modality, "length": ring.length_minutes})
        return {
            "ring": ring,
            "room": room,
            "what": display.session_words(ring.modality, ring.length_minutes),
            "is_open": is_open,
            "answer": state_of(ring, self.now),
            "next_start": None if is_open else self._next_start(),
            "times_url": f"{reverse('booking:new_time', args=[room.code])}?{query}",
            "again_url": f"{reverse('booking:start_now', args=[room.code])}"
            f"?session={ring.modality}.{ring.length_minutes}",
        }

    def _next_start(self) -> dt.datetime | None:
        """The next free start for a session like this; none where the room cannot be booked."""
        ring = self.ring
        terms = room_terms(ring.room, Practice.load(), self.now)
        if terms.calendar is None or terms.obstacle:
            return None
        search = SlotSearch(ring.room, terms.calendar, ring.modality, ring.length_minutes, self.now)
        return search.next_start()


def state_of(ring: Ring, now: dt.datetime) -> str:
    """How the ring stands at ``now``: ringing, or its answer; the clock lapses it by itself."""
    if ring.answer == Ring.Answer.OPEN:
        return "ringing" if ring.is_open_at(now) else str(Ring.Answer.LAPSED)
    return ring.answer
