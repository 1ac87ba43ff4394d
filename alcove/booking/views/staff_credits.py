"""A room's credits and payments for staff: what the practice was paid, refunds, waived fees."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcove.billing.actions.late_fees import waive_fee
from alcove.billing.actions.record_payment import (
    record_credits_paid,
    record_fee_paid,
    record_plan_paid,
)
from alcove.billing.actions.refund import (
    note_refund_by_hand,
    refund_purchase,
    refundable,
    retry_refund,
)
from alcove.billing.models import LateFee, Plan, Purchase, Refund
from alcove.billing.queries import credit_standing, entitlement_of
from alcove.booking import display
from alcove.booking.credit_story import LINES_ON_A_PAGE, page_of_story
from alcove.booking.views.paying import item_words
from alcove.core.errors import NotFound
from alcove.core.formats import format_money
from alcove.core.money import NoSuchAmount, to_minor
from alcove.core.pages import ActionPage
from alcove.people.access import require_admin, require_staff
from alcove.people.actions.record_act import record_act
from alcove.people.actions.record_look import record_look
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room


class PaidForm(forms.Form):
    """What a room's owner has paid to the practice."""

    what = forms.ChoiceField(label=gettext_lazy("What was paid"), widget=forms.RadioSelect)
    count = forms.IntegerField(
        label=gettext_lazy("How many credits"), min_value=1, max_value=20, required=False, initial=1
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), help_text=gettext_lazy("0 for a gift.")
    )
    note = forms.CharField(
        label=gettext_lazy("How it was paid"),
        max_length=200,
        help_text=gettext_lazy("Such as: bank transfer of 3 May. It goes on record."),
    )

    def __init__(self, data: Any = None, *, plans: list[Plan], currency: str) -> None:
        super().__init__(data)
        self.currency = currency
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        credits = [("credits", _("Session credits"))] if currency else []
        field.choices = credits + [
            (plan.code, _("“%(plan)s” for one period") % {"plan": plan.name}) for plan in plans
        ]
        self.currencies = {plan.code: plan.currency for plan in plans}

    def clean(self) -> dict[str, Any]:
        """The amount in minor units of what was paid."""
        data = super().clean() or self.cleaned_data
        what = data.get("what", "")
        currency = self.currencies.get(what, self.currency)
        if data.get("amount") is not None and what:
            try:
                data["amount"] = to_minor(data["amount"], currency)
            except NoSuchAmount:
                words = _(
                    "Enter an amount in %(currency)s: 0 or more, with no more decimals than this currency has."
                )
                self.add_error("amount", words % {"currency": currency})
        if what == "credits" and not data.get("count"):
            self.add_error("count", _("Enter how many credits were paid."))
        return data


class ReasonForm(forms.Form):
    """Why, for the record."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class RoomCredits(ActionPage):
    """One room, and the form for what was paid to the practice."""

    template_name = "booking/staff_credits.html"

    def load(self, **kwargs: Any) -> None:
        """The room, for staff."""
        self.staff = cast(Person, self.request.user)
        require_staff(self.staff)
        rooms = Room.objects.select_related("owner", "provider")
        room = rooms.filter(code=kwargs["room"]).first()
        if room is None:
            raise NotFound
        self.room = room
        self.entitlement = entitlement_of(room)
        # Whatever the method: a post with wrong input, or a refused one, shows the page too.
        record_look(actor=self.staff, subject=room.key, now=self.now)

    def get_form(self, data: Any = None) -> forms.Form:
        """What can be recorded for this room."""
        plans = Plan.objects.filter(
            Q(for_rooms=Plan.ForRooms.ANY) | Q(for_rooms=self.room.kind), replaced_by=None
        ).order_by("name")
        currency = self.entitlement.plan.currency if self.entitlement else ""
        return PaidForm(data, plans=list(plans), currency=currency)

    def perform(self, form: forms.Form) -> str:
        """Record it; it counts at once."""
        data = form.cleaned_data
        common = {
            "actor": self.staff,
            "room": self.room,
            "amount_minor": data["amount"],
            "note": data["note"],
            "now": self.now,
        }
        if data["what"] == "credits":
            record_credits_paid(count=data["count"], **common)
        else:
            record_plan_paid(code=data["what"], **common)
        self.on_record("payment.recorded", data["note"])
        messages.success(self.request, _("The payment is recorded, and counts at once."))
        return self.address

    def on_record(self, act: str, reason: str) -> None:
        """Add the act to the audit log, last of all."""
        record_act(
            actor=self.staff,
            act=act,
            subject=f"room:{self.room.code}",
            reason=reason,
            now=self.now,
        )

    @property
    def address(self) -> str:
        """This page."""
        return reverse("billing:staff_credits", args=[self.room.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Standing, story, fees and payments."""
        paid = Purchase.objects.filter(room=self.room, state=Purchase.State.PAID)
        standing = (
            credit_standing(self.room, self.entitlement, Practice.load(), self.now)
            if self.entitlement
            else None
        )
        return {
            "room": self.room,
            "plan": self.entitlement.plan if self.entitlement else None,
            "credit_words": display.credit_words(standing) if standing else "",
            **page_of_story(self.room, self.request.GET.get("page")),
            "paid_form": form if isinstance(form, PaidForm) else self.get_paid_form(),
            "is_admin": self.staff.is_admin,
            "fees": [
                {"fee": fee, "amount": format_money(fee.amount_minor, fee.currency)}
                for fee in LateFee.objects.filter(room=self.room).order_by("-pk")[:LINES_ON_A_PAGE]
            ],
            "purchases": [
                {
                    "purchase": row,
                    "what": item_words(row),
                    "amount": format_money(row.amount_minor, row.currency),
                    "refund": getattr(row, "refund", None),
                    "refund_amount": (
                        format_money(row.refund.amount_minor, row.currency)
                        if hasattr(row, "refund")
                        else ""
                    ),
                }
                for row in paid.select_related("plan", "refund", "recorded_by").order_by("-pk")[
                    :LINES_ON_A_PAGE
                ]
            ],
        }

    def get_paid_form(self) -> forms.Form:
        """The form as it is before anything was typed."""
        return RoomCredits.get_form(self)


class _OneThing(RoomCredits):
    """A small form beside one fee or one payment."""

    form_class: ClassVar[type[forms.Form]] = ReasonForm
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # as Django reads it

    def get_form(self, data: Any = None) -> forms.Form:
        """The reason alone."""
        return self.form_class(data)


class FeePaid(_OneThing):
    """A late fee was paid to the practice."""

    def perform(self, form: forms.Form) -> str:
        """Settle it."""
        reason = form.cleaned_data["reason"]
        record_fee_paid(
            actor=self.staff, room=self.room, fee=self.kwargs["fee"], note=reason, now=self.now
        )
        self.on_record("fee.paid", reason)
        messages.success(self.request, _("The fee is settled."))
        return self.address


class FeeWaived(_OneThing):
    """An admin lets the client off a late fee."""

    def perform(self, form: forms.Form) -> str:
        """Waive it."""
        reason = form.cleaned_data["reason"]
        found = LateFee.objects.filter(pk=self.kwargs["fee"], room=self.room).exists()
        if not found:
            raise NotFound
        waive_fee(actor=self.staff, fee=self.kwargs["fee"], reason=reason, now=self.now)
        self.on_record("fee.waived", reason)
        messages.success(self.request, _("The fee is waived."))
        return self.address


class RefundForm(ReasonForm):
    """Why, with the amount that was read."""

    agreed = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("reason", "agreed")


class Refunded(RoomCredits):
    """An admin gives a payment back, after reading how much goes back and what stays."""

    template_name = "booking/refund.html"
    form_class: ClassVar[type[forms.Form]] = RefundForm

    def load(self, **kwargs: Any) -> None:
        """The payment, of this room, for admins."""
        require_admin(cast(Person, self.request.user))
        super().load(**kwargs)
        found = Purchase.objects.select_related("plan")
        purchase = found.filter(code=kwargs["code"], room=self.room).first()
        if purchase is None:
            raise NotFound
        self.purchase = purchase

    def get_form(self, data: Any = None) -> forms.Form:
        """The reason alone."""
        return self.form_class(data)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What goes back at this moment."""
        amount, credits = refundable(self.purchase)
        is_paid = self.purchase.state == Purchase.State.PAID
        is_given_back = Refund.objects.filter(purchase=self.purchase).exists()
        return {
            "room": self.room,
            "purchase": self.purchase,
            "what": item_words(self.purchase),
            "paid": format_money(self.purchase.amount_minor, self.purchase.currency),
            "agreed": amount,
            "amount": format_money(amount, self.purchase.currency),
            "credits": credits,
            "is_open": bool(amount) and is_paid and not is_given_back,
            "back_url": self.address,
        }

    def perform(self, form: forms.Form) -> str:
        """Give back what is unused of it."""
        reason = form.cleaned_data["reason"]
        refund = refund_purchase(
            actor=self.staff,
            code=self.purchase.code,
            reason=reason,
            agreed=form.cleaned_data["agreed"],
            now=self.now,
        )
        self.on_record("purchase.refunded", reason)
        amount = format_money(refund.amount_minor, refund.purchase.currency)
        messages.success(self.request, _("%(amount)s go back to the client.") % {"amount": amount})
        return self.address


class RefundAgain(_OneThing):
    """An admin sees to a refund that the payment service has refused: it is asked for once more."""

    def load(self, **kwargs: Any) -> None:
        """A payment of this room."""
        super().load(**kwargs)
        if not Purchase.objects.filter(code=kwargs["code"], room=self.room).exists():
            raise NotFound

    def perform(self, form: forms.Form) -> str:
        """Ask for it."""
        retry_refund(actor=self.staff, code=self.kwargs["code"], now=self.now)
        self.on_record("refund.retried", form.cleaned_data["reason"])
        messages.success(self.request, _("The payment service is asked once more."))
        return self.address


class RefundedByHand(RefundAgain):
    """Or it was given back by other ways."""

    def perform(self, form: forms.Form) -> str:
        """Note it."""
        how = form.cleaned_data["reason"]
        note_refund_by_hand(actor=self.staff, code=self.kwargs["code"], how=how, now=self.now)
        self.on_record("refund.by_hand", how)
        messages.success(self.request, _("The money counts as given back."))
        return self.address
