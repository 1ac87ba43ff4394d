"""Receipts, and what else people must hear about money. Subjects say nothing of what it was for."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcove.core.formats import dated_day, format_money
from alcove.core.models import Event
from alcove.notifications.letters.letter import Letter, absolute
from alcove.people.models import Practice

# Why a time that was paid could not be booked: it was gone. Else it is the room that could not.
LET_GO = {"hold_expired", "slot_taken", "not_found", "not_enough_credits"}


def letter_about(event: Event, zone: ZoneInfo) -> Letter:
    """The letter that tells the payer of this event."""
    return LETTERS[event.kind](event, zone)


def _receipt(event: Event, zone: ZoneInfo) -> Letter:
    lines = [
        _what(event),
        _("Amount: %(amount)s") % {"amount": _amount(event)},
        _("Day: %(day)s") % {"day": dated_day(event.happened_at, zone)},
        _("Receipt number: %(number)s") % {"number": event.subject.removeprefix("purchase:")},
        _("Paid to: %(practice)s") % {"practice": Practice.load().name},
    ]
    return Letter(
        subject=_("Your receipt"),
        title=_("Thank you for your payment"),
        lines=lines,
        button=_("See your payments"),
        url=absolute("plan:room", event.data["room"]),
    )


def _what(event: Event) -> str:
    """What was paid for, without a word of what happens there."""
    if event.data["item"] == "plan":
        return _("For: your plan")
    if event.data["item"] == "fee":
        return _("For: a late fee")
    count = event.data["count"]
    words = ngettext("For: %(count)s credit", "For: %(count)s credits", count)
    return words % {"count": count}


def _left_credit(event: Event, zone: ZoneInfo) -> Letter:
    return Letter(
        subject=_("Your payment is here"),
        title=_("The time you had chosen could not be booked any more"),
        lines=[
            _("Your payment is here, but the time you had chosen was let go or taken meanwhile.")
            if event.data["why"] in LET_GO
            else _("Your payment is here, but this room cannot be booked at the moment."),
            _("Nothing is lost: the credit is yours. You can choose another time with it."),
        ],
        button=_("Choose a time"),
        url=absolute("booking:new_type", event.data["room"]),
    )


def _refunded(event: Event, zone: ZoneInfo) -> Letter:
    return Letter(
        subject=_("Money is on its way back to you"),
        title=_("A payment was given back"),
        lines=[
            _("Amount: %(amount)s") % {"amount": _amount(event)},
            _("Paid by card, it stands on your account within some days."),
        ],
        button=_("See your payments"),
        url=absolute("plan:room", event.data["room"]),
    )


def _declined(event: Event, zone: ZoneInfo) -> Letter:
    return Letter(
        subject=_("A payment did not go through"),
        title=_("Your card could not be charged"),
        lines=[
            _("A fee of %(amount)s is due, and your saved card could not be charged.")
            % {"amount": _amount(event)},
            _("Please pay it on the page below. It is not tried again by itself."),
        ],
        button=_("See what is due"),
        url=absolute("plan:room", event.data["room"]),
    )


def _unpaid(event: Event, zone: ZoneInfo) -> Letter:
    return Letter(
        subject=_("A payment did not go through"),
        title=_("Your plan could not be renewed"),
        lines=[
            _("The payment for the next period did not go through."),
            _("What is booked stays booked. Nothing new can be booked until it is paid."),
        ],
        button=_("See your plan"),
        url=absolute("plan:room", event.data["room"]),
    )


def _stopped(event: Event, zone: ZoneInfo) -> Letter:
    return Letter(
        subject=_("Your plan is not renewed any more"),
        title=_("Your plan is not renewed any more"),
        lines=[_("What is paid stays yours, and nothing more is charged.")],
        button=_("See your plan"),
        url=absolute("plan:room", event.data["room"]),
    )


def _repriced(event: Event, zone: ZoneInfo) -> Letter:
    return Letter(
        subject=_("The price of your plan changes"),
        title=_("The price of your plan changes"),
        lines=[
            _("From your next period on it is %(amount)s. The present one stays as it is.")
            % {"amount": _amount(event)},
            _("You can stop the plan on its page before that, and nothing more is charged."),
        ],
        button=_("See your plan"),
        url=absolute("plan:room", event.data["room"]),
    )


def _amount(event: Event) -> str:
    return format_money(event.data["amount_minor"], event.data["currency"])


LETTERS = {
    "purchase.paid": _receipt,
    "purchase.left_credit": _left_credit,
    "purchase.refunded": _refunded,
    "fee.declined": _declined,
    "plan.unpaid": _unpaid,
    "plan.stopped": _stopped,
    "plan.repriced": _repriced,
}
