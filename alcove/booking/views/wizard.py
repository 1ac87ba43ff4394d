"""Booking a live session: room, type and length, time, review (R2-R8)."""

import datetime as dt
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from alcove.availability.models import Modality
from alcove.billing.actions.buy import sells_plans
from alcove.billing.actions.late_fees import chargeable_method
from alcove.billing.models import LateRule, Plan
from alcove.billing.queries import credit_standing
from alcove.booking import display, times_words
from alcove.booking.access import (
    bookable_room_for,
    bookable_rooms_of,
    hold_for,
    require_scheduler,
)
from alcove.booking.actions.hold import hold_slot
from alcove.booking.actions.pay import pay_and_book
from alcove.booking.actions.request import (
    confirms_automatically,
    deadline,
    request_appointment,
)
from alcove.booking.errors import HoldExpired
from alcove.booking.exchange import live_proposal, suiting
from alcove.booking.forms import ChooseTimeForm
from alcove.booking.models import Appointment, SlotHold, Status
from alcove.booking.queries import RoomTerms, SlotSearch, room_terms
from alcove.booking.views.choose_time import ChooseTime
from alcove.booking.views.start_now import free_at_once
from alcove.booking.wording import MENDED_BY_A_PLAN, why_not_bookable, why_plan_needed
from alcove.core.formats import day_and_time, format_money
from alcove.core.pages import ActionPage
from alcove.core.templatetags.times import reader_zone
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room

READ_ONLY = ["get", "head", "options"]


def steps(current: int, *, room: Room | None = None, choice: str = "") -> list[dict[str, Any]]:
    """Where one is in the journey; steps that are done lead back to themselves."""
    addresses = [reverse("booking:new")]
    if room is not None:
        addresses.append(f"{reverse('booking:new_type', args=[room.code])}?{choice}")
        addresses.append(f"{reverse('booking:new_time', args=[room.code])}?{choice}")
    labels = [_("Room"), _("Type and length"), _("Time"), _("Review")]
    return [
        {
            "label": label,
            "is_current": number == current,
            "is_done": number < current,
            "url": addresses[number] if number < current else "",
        }
        for number, label in enumerate(labels)
    ]


def choice_of(modality: str, length: int) -> str:
    """The query by which the pages hand the type and length on."""
    return urlencode({"modality": modality, "length": length})


def room_card(terms: RoomTerms, reader: Person, now: dt.datetime) -> dict[str, Any]:
    """One of the reader's rooms, with why it cannot be chosen where it cannot (R2, R3)."""
    room = terms.room
    why = plan_url = ""
    if room.owner_id != reader.pk:
        why = _(
            "Only %(owner)s can schedule in this room. You see its sessions in Schedule and "
            "can join them."
        ) % {"owner": room.owner.name}
    elif terms.obstacle in MENDED_BY_A_PLAN and sells_plans(room):
        why = why_plan_needed(terms.obstacle)
        plan_url = reverse("plan:room", args=[room.code])
    elif terms.obstacle:
        why = why_not_bookable(terms.obstacle, room)
    plan = terms.entitlement.plan.name if terms.entitlement else ""
    return {
        "code": room.code,
        "provider": room.provider.name,
        "headline": terms.calendar.headline if terms.calendar else "",
        "kind": _("Couples room") if room.kind == Room.Kind.COUPLES else _("Individual room"),
        "plan": plan,
        "why": why,
        "plan_url": plan_url,
        "is_available": not why
        and terms.calendar is not None
        and terms.calendar.is_available_now(now),
    }


class New(ActionPage):
    """Choose a room: all of the client's, those that cannot be booked too (R2)."""

    template_name = "booking/new.html"
    http_method_names = READ_ONLY

    def load(self, **kwargs: Any) -> None:
        """The rooms in which the reader is a client."""
        person = cast(Person, self.request.user)
        practice = Practice.load()
        rooms = bookable_rooms_of(person).exclude(provider=person).order_by("opened_at", "id")
        self.cards = [
            room_card(room_terms(room, practice, self.now), person, self.now) for room in rooms
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go on with the room that was chosen, or show them."""
        chosen = request.GET.get("room")
        form = forms.Form(request.GET if chosen is not None or "go" in request.GET else None)
        if chosen in self._open_codes():
            return HttpResponseRedirect(reverse("booking:new_type", args=[chosen]))
        if form.is_bound:
            form.is_valid()
            form.add_error(None, _("Please choose one of the rooms that can be booked."))
        return self.show(form, status=422 if form.is_bound else 200)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The cards; the only one that is open is chosen already."""
        open_codes = self._open_codes()
        return {
            "cards": self.cards,
            "has_open": bool(open_codes),
            "preselected": open_codes[0] if len(open_codes) == 1 else "",
            "steps": steps(0),
        }

    def _open_codes(self) -> list[str]:
        return [card["code"] for card in self.cards if not card["why"]]


class NewType(ActionPage):
    """Choose type and length among what plan and provider have in common (R4, R5)."""

    template_name = "booking/new_type.html"
    http_method_names = READ_ONLY

    def load(self, **kwargs: Any) -> None:
        """The room, for the one who schedules in it."""
        person = cast(Person, self.request.user)
        room = bookable_room_for(person, kwargs["room"])
        require_scheduler(person, room)
        self.practice = Practice.load()
        self.terms = room_terms(room, self.practice, self.now)
        _calendar, self.entitlement = self.terms.require_bookable()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go on with what was chosen, or show what there is."""
        chosen = request.GET.get("session")
        form = forms.Form(request.GET if chosen is not None or "go" in request.GET else None)
        for modality, length in self._choices():
            if chosen == f"{modality}.{length}":
                address = reverse("booking:new_time", args=[self.terms.room.code])
                return HttpResponseRedirect(f"{address}?{choice_of(modality, length)}")
        if form.is_bound:
            form.is_valid()
            form.add_error(None, _("Please choose a session type and length."))
        return self.show(form, status=422 if form.is_bound else 200)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Types with their lengths, and the standing of credits."""
        query = self.request.GET
        choices = self._choices()
        preselected = f"{query.get('modality')}.{query.get('length')}"
        if len(choices) == 1:
            preselected = f"{choices[0][0]}.{choices[0][1]}"
        room = self.terms.room
        standing = credit_standing(room, self.entitlement, self.practice, self.now)
        return {
            "room": room,
            "types": [
                {
                    "modality": modality,
                    "label": Modality(modality).label,
                    "lengths": [
                        {"value": f"{modality}.{n}", "label": display.minutes_words(n)}
                        for n in lengths
                    ],
                }
                for modality, lengths in self.terms.offers.items()
            ],
            "preselected": preselected,
            # Without one it is bought on the last page, where that is possible.
            "goes_on": standing.balance.available > 0 or standing.is_sold_online,
            "has_credit": standing.balance.available > 0,
            "credit_words": display.credit_words(standing),
            "can_start_now": bool(free_at_once(self.terms, self.now)),
            "steps": steps(1),
        }

    def _choices(self) -> list[tuple[str, int]]:
        return [(modality, n) for modality, lengths in self.terms.offers.items() for n in lengths]


class NewTime(ChooseTime):
    """Choose a free start (R5); it is kept while its client reviews."""

    form_class = ChooseTimeForm

    def load(self, **kwargs: Any) -> None:
        """The reader; the room is read when it is shown, and the action reads its own."""
        self.person = cast(Person, self.request.user)

    @cached_property
    def terms(self) -> RoomTerms:  # type: ignore[override]  # read once, when it is asked for
        """What the room can book, for the one who schedules in it."""
        room = bookable_room_for(self.person, self.kwargs["room"])
        require_scheduler(self.person, room)
        return room_terms(room, Practice.load(), self.now)

    def search(self) -> SlotSearch:
        """For the type and length asked for, or the first there are."""
        calendar, _entitlement = self.terms.require_bookable()
        modality = self.asked("modality")
        if modality not in self.terms.offers:
            modality = next(iter(self.terms.offers))
        lengths = self.terms.offers[modality]
        wanted = self.asked("length")
        length = next((n for n in lengths if str(n) == wanted), lengths[0])
        return SlotSearch(self.terms.room, calendar, modality, length, self.now)

    def perform(self, form: forms.Form) -> str:
        """Hold it and go to the review."""
        hold = hold_slot(
            actor=self.person,
            room_code=self.kwargs["room"],
            modality=form.cleaned_data["modality"],
            length_minutes=form.cleaned_data["length"],
            starts_at=form.cleaned_data["starts_at"],
            now=self.now,
        )
        return reverse("booking:review", args=[hold.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What both journeys show, and where one is in this one."""
        shown = super().context(form)
        room = self.terms.room
        choice = choice_of(shown["modality"], shown["length"])
        return {
            **shown,
            **self._suggested(room, shown),
            "what": display.session_words(shown["modality"], shown["length"]),
            "choice": choice,
            "type_url": f"{reverse('booking:new_type', args=[room.code])}?{choice}",
            "steps": steps(2, room=room, choice=choice),
        }

    def _suggested(self, room: Room, shown: dict[str, Any]) -> dict[str, Any]:
        """What the partner marked, and which of the shown starts suit them (R3)."""
        proposal = live_proposal(room) if room.kind == Room.Kind.COUPLES else None
        wishes = proposal.wishes.all() if proposal else ()
        theirs = [wish for wish in wishes if wish.person_id != self.person.pk]
        if proposal is None or not theirs:
            return {}
        chosen = shown["month"].chosen
        length = dt.timedelta(minutes=shown["length"])
        return {
            "suggested": [times_words.wish_of(wish, self.person, self.now) for wish in theirs],
            "suiting": suiting(chosen.slots if chosen else [], length, theirs, self.now),
            "proposal": proposal,
        }


class Review(ActionPage):
    """Everything on one page, then Book session (R7)."""

    template_name = "booking/review.html"

    def load(self, **kwargs: Any) -> None:
        """The reader; the hold is read when it is shown, and the action reads its own."""
        self.person = cast(Person, self.request.user)

    @cached_property
    def hold(self) -> SlotHold:
        """The hold, for the client whose room keeps it."""
        return hold_for(self.person, self.kwargs["hold"])

    @cached_property
    def practice(self) -> Practice:
        """The practice, for its terms."""
        return Practice.load()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, or where it has led to already."""
        if self.hold.became is not None:
            return HttpResponseRedirect(
                reverse("booking:appointment", args=[self.hold.became.code])
            )
        if self.hold.moves is not None:
            return HttpResponseRedirect(reverse("booking:review_move", args=[self.hold.code]))
        return super().get(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Book and go to the session's page."""
        appointment = request_appointment(
            actor=self.person, hold_code=self.kwargs["hold"], now=self.now
        )
        messages.success(self.request, booked_words(appointment))
        return reverse("booking:appointment", args=[appointment.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The session to be, its terms, and what happens after the click."""
        hold = self.hold
        room = hold.room
        terms = room_terms(room, self.practice, self.now)
        choice = choice_of(hold.modality, hold.length_minutes)
        shown: dict[str, Any] = {
            "hold": hold,
            "room": room,
            "what": display.session_words(hold.modality, hold.length_minutes),
            "is_expired": not hold.is_good_at(self.now),
            "expired_text": str(HoldExpired.message),
            "time_url": f"{reverse('booking:new_time', args=[room.code])}?{choice}",
            "type_url": f"{reverse('booking:new_type', args=[room.code])}?{choice}",
            "steps": steps(3, room=room, choice=choice),
            "is_couples": room.kind == Room.Kind.COUPLES,
        }
        if terms.obstacle or terms.entitlement is None or terms.calendar is None:
            return {**shown, "why": why_not_bookable(terms.obstacle or "no_offers", room)}
        standing = credit_standing(room, terms.entitlement, self.practice, self.now)
        is_automatic = confirms_automatically(terms.calendar, self.practice)
        return {
            **shown,
            "credits_left": standing.balance.available,
            "credit_words": display.credit_words(standing),
            "price": standing.extra_price if standing.is_sold_online else "",
            "fee_words": self._fee_words(terms.entitlement.plan),
            "policy": display.policy_words(
                display.terms_to_be(hold, self.practice, is_automatic=is_automatic),
                self.practice.notice_hours,
                room.provider.name,
                now=self.now,
            ),
            "is_automatic": is_automatic,
            "confirm_by": deadline(hold.starts_at, self.practice, self.now),
        }

    def _fee_words(self, plan: Plan) -> str:
        """To what somebody agrees by booking, where a late fee would be charged by itself."""
        method = chargeable_method(self.person) if plan.late_rule == LateRule.FEE else None
        if method is None:
            return ""
        return _(
            "By booking you agree that a late fee of %(fee)s, if one becomes due by the policy "
            "above, is charged to your %(card)s."
        ) % {"fee": format_money(plan.late_fee_minor, plan.currency), "card": method.label}


class Pay(Review):
    """Buy the credit that is missing, then book; the time stays held meanwhile (R4)."""

    http_method_names = ["post"]

    def perform(self, form: forms.Form) -> str:
        """Open the purchase and go where it is paid."""
        purchase = pay_and_book(actor=self.person, hold_code=self.kwargs["hold"], now=self.now)
        return reverse("plan:pay", args=[purchase.code])


def booked_words(appointment: Appointment) -> str:
    """What the client reads after Book session."""
    if appointment.status == Status.CONFIRMED:
        return _("Your live session is booked and confirmed.")
    return _("Your live session is booked. %(name)s answers by %(until)s.") % {
        "name": appointment.provider.name,
        "until": day_and_time(appointment.confirm_by, reader_zone()),
    }


def moved_words(appointment: Appointment) -> str:
    """What the client reads after Confirm rescheduling."""
    known = {
        "when": day_and_time(appointment.starts_at, reader_zone()),
        "name": appointment.provider.name,
        "until": day_and_time(appointment.confirm_by, reader_zone()),
    }
    if appointment.status == Status.CONFIRMED:
        return _("Your live session has moved to %(when)s and is confirmed.") % known
    return _("Your live session has moved to %(when)s. %(name)s answers by %(until)s.") % known
