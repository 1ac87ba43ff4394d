"""Plan and credits: what a client has, what became of each credit, and what can be bought (R4)."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.billing.actions import buy
from alcove.billing.actions.forget_method import forget_method, renewed_plans
from alcove.billing.actions.stop_plan import stop_plan
from alcove.billing.ledger import balance
from alcove.billing.models import (
    Entitlement,
    LateFee,
    LateRule,
    Plan,
    Purchase,
    Refund,
    SavedMethod,
    Subscription,
)
from alcove.billing.payments import gateway
from alcove.billing.queries import CreditStanding, credit_standing, entitlement_of
from alcove.booking import display
from alcove.booking.credit_story import LINES_ON_A_PAGE, page_of_story
from alcove.booking.fees import due_words, fees_of_room
from alcove.booking.views.paying import credits_words, item_words
from alcove.core.errors import NotFound
from alcove.core.formats import format_money
from alcove.core.pages import ActionPage
from alcove.people.models import Person, Practice
from alcove.rooms.access import rooms_of
from alcove.rooms.models import Room

COUNTS = (1, 2, 4, 8)


def own_room(person: Person, code: str) -> Room:
    """A room whose plan this person has, for the client who created it; else NotFound."""
    room = rooms_of(person).filter(code=code, owner=person).first()
    if room is None:
        raise NotFound
    return room


class Plans(ActionPage):
    """The reader's own rooms, each with its plan and what is left."""

    template_name = "booking/plans.html"
    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]  # type: ignore[misc]  # as Django reads it

    def context(self, form: forms.Form) -> dict[str, Any]:
        """A card for each room."""
        person = cast(Person, self.request.user)
        practice = Practice.load()
        rooms = rooms_of(person).filter(owner=person).order_by("closed_at", "opened_at", "pk")
        cards = []
        for room in rooms:
            entitlement = entitlement_of(room)
            standing = (
                credit_standing(room, entitlement, practice, self.now) if entitlement else None
            )
            cards.append(
                {
                    "room": room,
                    "standing": standing,
                    "credit_words": _credit_words(standing),
                    "is_unpaid": _is_unpaid(entitlement),
                    "due": due_words(room),
                }
            )
        return {"cards": cards}


class RoomPlan(ActionPage):
    """One room's plan, credits, fees and payments."""

    template_name = "booking/plan.html"
    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]  # type: ignore[misc]  # as Django reads it

    def load(self, **kwargs: Any) -> None:
        """The room, for the client who created it."""
        self.person = cast(Person, self.request.user)
        self.room = own_room(self.person, kwargs["room"])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """All of it, with one page of the credits' story."""
        practice = Practice.load()
        entitlement = entitlement_of(self.room)
        standing = (
            credit_standing(self.room, entitlement, practice, self.now) if entitlement else None
        )
        is_covered = buy.is_covered(self.room, self.now)
        subscription = Subscription.objects.filter(room=self.room, ended_at=None).first()
        return {
            "room": self.room,
            "entitlement": entitlement,
            "plan": entitlement.plan if entitlement else None,
            "plan_price": _price(entitlement.plan) if entitlement else "",
            "standing": standing,
            "credit_words": _credit_words(standing),
            "held": balance(self.room, self.now).held,
            "is_unpaid": _is_unpaid(entitlement),
            "is_covered": is_covered,
            "subscription": subscription,
            "ends": self._ends(entitlement, subscription, practice),
            "method": SavedMethod.objects.filter(person=self.person).first(),
            "counts": self._counts(entitlement.plan if entitlement and is_covered else None),
            "plans_on_sale": self._plans_on_sale(practice.notice_hours, is_covered=is_covered),
            "fees": fees_of_room(self.room, limit=LINES_ON_A_PAGE),
            "purchases": self._purchases(),
            **page_of_story(self.room, self.request.GET.get("page")),
        }

    def _ends(
        self, entitlement: Entitlement | None, subscription: Subscription | None, practice: Practice
    ) -> dict[str, Any] | None:
        """Until when the plan goes, and what comes then; None for one that goes on."""
        if entitlement is None or entitlement.ends_on is None:
            return None
        day = entitlement.paid_until or entitlement.ends_on
        if subscription is not None and subscription.stopped_at is None:
            note = "" if _is_unpaid(entitlement) else _("It is renewed by itself then.")
            return {"label": _("Paid until"), "day": day, "note": note}
        if entitlement.ends_on <= self.now.astimezone(practice.zone).date():
            return {"label": _("Ended"), "day": day, "note": ""}
        sells = buy.sells_plans(self.room)
        note = _("From then on you can choose a plan here again.") if sells else ""
        return {"label": _("Ends"), "day": day, "note": note}

    def _counts(self, plan: Plan | None) -> list[dict[str, Any]]:
        """How many credits can be bought at once, and for how much."""
        if plan is None or plan.extra_credit_minor is None or gateway() is None:
            return []
        return [
            {
                "count": count,
                "words": credits_words(count),
                "price": format_money(count * plan.extra_credit_minor, plan.currency),
            }
            for count in COUNTS
        ]

    def _plans_on_sale(self, notice_hours: int, *, is_covered: bool) -> list[dict[str, Any]]:
        if is_covered or gateway() is None or self.room.closed_at is not None:
            return []
        return [
            {"plan": plan, "price": _price(plan), "notes": _notes(plan, notice_hours)}
            for plan in buy.plans_for(self.room)
        ]

    def _purchases(self) -> list[dict[str, Any]]:
        rows = Purchase.objects.filter(room=self.room, state=Purchase.State.PAID)
        rows = rows.select_related("plan", "refund").order_by("-pk")[:LINES_ON_A_PAGE]
        return [
            {
                "purchase": row,
                "what": item_words(row),
                "amount": format_money(row.amount_minor, row.currency),
                "refund": self._refund_words(row),
            }
            for row in rows
        ]

    @staticmethod
    def _refund_words(row: Purchase) -> str:
        refund = getattr(row, "refund", None)
        if refund is None:
            return ""
        amount = format_money(refund.amount_minor, row.currency)
        if refund.state == Refund.State.DONE:
            return amount
        return _("%(amount)s: %(state)s") % {
            "amount": amount,
            "state": refund.get_state_display(),
        }


class _Buy(RoomPlan):
    """A button of the page that leads to a payment."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # as Django reads it


class CountForm(forms.Form):
    """How many credits."""

    count = forms.IntegerField(min_value=1, max_value=buy.MOST_CREDITS)


class BuyCredits(_Buy):
    """Buy further credits."""

    form_class: ClassVar[type[forms.Form]] = CountForm

    def perform(self, form: forms.Form) -> str:
        """Open the purchase and go where it is paid."""
        purchase = buy.buy_credits(
            actor=self.person, room=self.room, count=form.cleaned_data["count"], now=self.now
        )
        return reverse("plan:pay", args=[purchase.code])


class PlanForm(forms.Form):
    """Which plan."""

    plan = forms.SlugField()


class BuyPlan(_Buy):
    """Choose a plan for the room."""

    form_class: ClassVar[type[forms.Form]] = PlanForm

    def perform(self, form: forms.Form) -> str:
        """Open the purchase and go where it is paid."""
        purchase = buy.buy_plan(
            actor=self.person, room=self.room, code=form.cleaned_data["plan"], now=self.now
        )
        return reverse("plan:pay", args=[purchase.code])


class PayFee(_Buy):
    """Pay a late fee that is due."""

    def perform(self, form: forms.Form) -> str:
        """Open the purchase and go where it is paid."""
        fee = LateFee.objects.filter(pk=self.kwargs["fee"], room=self.room).first()
        if fee is None:
            raise NotFound
        purchase = buy.pay_fee(actor=self.person, fee=fee, now=self.now)
        return reverse("plan:pay", args=[purchase.code])


class StopPlan(ActionPage):
    """Stop the renewal of the room's plan, after reading what that means."""

    template_name = "booking/stop_plan.html"

    def load(self, **kwargs: Any) -> None:
        """The room and its subscription."""
        self.person = cast(Person, self.request.user)
        self.room = own_room(self.person, kwargs["room"])
        self.entitlement = entitlement_of(self.room)
        going = Subscription.objects.filter(room=self.room, ended_at=None, stopped_at=None)
        if self.request.method == "GET" and not going.exists():
            raise NotFound

    def perform(self, form: forms.Form) -> str:
        """Stop it and say so."""
        stop_plan(actor=self.person, room=self.room, now=self.now)
        messages.success(
            self.request, _("Your plan is not renewed any more. What is paid stays yours.")
        )
        return reverse("plan:room", args=[self.room.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Until when it goes on."""
        return {"room": self.room, "entitlement": self.entitlement}


class ForgetCard(ActionPage):
    """Remove the reader's saved card, after reading what that means."""

    template_name = "booking/forget_card.html"

    def load(self, **kwargs: Any) -> None:
        """The card, if there is one."""
        self.person = cast(Person, self.request.user)
        self.method = SavedMethod.objects.filter(person=self.person).first()
        if self.request.method != "POST" and self.method is None:
            raise NotFound

    def perform(self, form: forms.Form) -> str:
        """Remove it and say so."""
        forget_method(actor=self.person, now=self.now)
        messages.success(self.request, _("Your card is not kept any more."))
        return reverse("plan:plan")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Which card, and whether a plan is paid with it."""
        return {"method": self.method, "is_renewed": renewed_plans(self.person)}


def _is_unpaid(entitlement: Entitlement | None) -> bool:
    return entitlement is not None and entitlement.state == Entitlement.State.UNPAID


def _credit_words(standing: CreditStanding | None) -> str:
    return display.credit_words(standing) if standing else _("This room has no plan yet.")


def _notes(plan: Plan, notice_hours: int) -> list[str]:
    """What somebody should know of a plan before they choose it."""
    notes = [credits_words(plan.credits_per_period), display.offers_words(plan.offers)]
    if plan.extra_credit_minor is not None:
        price = format_money(plan.extra_credit_minor, plan.currency)
        notes.append(_("A further credit costs %(price)s.") % {"price": price})
    known = {"hours": notice_hours}
    if plan.late_rule == LateRule.FEE:
        fee = format_money(plan.late_fee_minor, plan.currency)
        notes.append(
            _("Changes in the last %(hours)s hours before a session cost a fee of %(amount)s.")
            % {**known, "amount": fee}
        )
    else:
        notes.append(
            _("Changes in the last %(hours)s hours before a session cost its credit.") % known
        )
    return notes


def _price(plan: Plan) -> str:
    """Such as "$200 a month"; "" for a plan without a price."""
    if not plan.price_minor:
        return ""
    price = {"price": format_money(plan.price_minor, plan.currency), "n": plan.period_months}
    if plan.period_months == 1:
        return _("%(price)s a month") % price
    return _("%(price)s every %(n)s months") % price
