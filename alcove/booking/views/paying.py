"""On the way to the gateway's page and back from it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from alcove.billing.access import purchase_for
from alcove.billing.actions.checkout import checkout_url, look_up
from alcove.billing.errors import GatewayAway, GatewayRefused, NoGateway
from alcove.billing.models import Purchase, Refund
from alcove.billing.queries import MISMATCHED
from alcove.booking.actions.pay import HOLD, LEFT_CREDIT
from alcove.booking.models import SlotHold
from alcove.core import clock
from alcove.core.formats import format_money
from alcove.core.models import Event

# How often a page that waits for the gateway looks again.
LOOK_AGAIN_SECONDS = 3
# The gateway is asked less often: one that is silent keeps whoever asks waiting.
ASK_AGAIN_SECONDS = 15


class Pay(LoginRequiredMixin, View):
    """Lead on to the gateway's page; say so where that is not possible.

    A page of its own, for a browser under our policy follows no form to another site.
    """

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Open the gateway's page, outside of any transaction, and go there."""
        purchase = purchase_for(request.user, code)
        if purchase.state == Purchase.State.PAID:
            return HttpResponseRedirect(reverse("plan:paid", args=[code]))
        trouble: Exception | None = None
        address = ""
        try:
            address = checkout_url(
                purchase,
                success_url=_absolute("plan:paid", purchase),
                cancel_url=_absolute("plan:not_paid", purchase),
                now=clock.now(),
            )
        except (NoGateway, GatewayAway, GatewayRefused) as error:
            trouble = error
        status = getattr(trouble, "http_status", 200)
        context = {**_shown(purchase), "address": address, "trouble": trouble}
        answer = render(request, "booking/pay.html", context, status=status)
        if address:
            answer.headers["Refresh"] = f"0; url={address}"
        return answer


class Paid(LoginRequiredMixin, View):
    """Back from the gateway: what came of the payment, as soon as it is known."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Ask the gateway if it has not told us; look again while something is under way."""
        now = clock.now()
        purchase = purchase_for(request.user, code)
        if purchase.state == Purchase.State.OPEN and _may_ask(code):
            look_up(purchase, now=now)
            purchase = purchase_for(request.user, code)
        hold = _hold_of(purchase)
        if hold is not None and hold.became is not None:
            return HttpResponseRedirect(reverse("booking:appointment", args=[hold.became.code]))
        is_paid = purchase.state == Purchase.State.PAID
        is_given_back = Refund.objects.filter(purchase=purchase, asked_by=None).exists()
        is_other = Event.objects.filter(kind=MISMATCHED, subject=purchase.key).exists()
        left = Event.objects.filter(kind=LEFT_CREDIT, subject=purchase.key).exists()
        is_booked_soon = is_paid and hold is not None and not left and not is_given_back
        waits = (purchase.state == Purchase.State.OPEN and not is_other) or is_booked_soon
        context = {
            **_shown(purchase),
            "is_paid": is_paid,
            "is_given_back": is_given_back,
            "is_other": is_other and not is_paid,
            "left_credit": left,
            "waits": waits,
        }
        answer = render(request, "booking/paid.html", context)
        if waits:
            answer.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
        return answer


class NotPaid(LoginRequiredMixin, View):
    """Back from the gateway without having paid."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Say that nothing was charged, and how to go on."""
        purchase = purchase_for(request.user, code)
        if purchase.state == Purchase.State.PAID:
            return HttpResponseRedirect(reverse("plan:paid", args=[code]))
        context = {**_shown(purchase), "is_open": purchase.state == Purchase.State.OPEN}
        return render(request, "booking/not_paid.html", context)


def _may_ask(code: str) -> bool:
    """Whether nobody has asked for this payment in the last seconds."""
    return cache.add(f"payment-asked:{code}", 1, timeout=ASK_AGAIN_SECONDS)


def _hold_of(purchase: Purchase) -> SlotHold | None:
    if not purchase.for_key.startswith(HOLD):
        return None
    code = purchase.for_key.removeprefix(HOLD)
    return SlotHold.objects.filter(code=code).select_related("became").first()


def _shown(purchase: Purchase) -> dict[str, Any]:
    hold = _hold_of(purchase)
    return {
        "purchase": purchase,
        "amount": format_money(purchase.amount_minor, purchase.currency),
        "what": item_words(purchase),
        "hold": hold,
        "back_url": reverse("booking:review", args=[hold.code]) if hold else reverse("plan:plan"),
    }


def item_words(purchase: Purchase) -> str:
    """What was bought, such as "1 session credit"."""
    if purchase.item == Purchase.Item.FEE:
        return _("Late fee")
    if purchase.item == Purchase.Item.PLAN and purchase.plan is not None:
        return purchase.plan.name
    return credits_words(purchase.count)


def credits_words(count: int) -> str:
    """Such as "2 session credits"."""
    return ngettext("%(number)s session credit", "%(number)s session credits", count) % {
        "number": count
    }


def _absolute(name: str, purchase: Purchase) -> str:
    return settings.BASE_URL.rstrip("/") + reverse(name, args=[purchase.code])
