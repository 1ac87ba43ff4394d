"""Late fees in words: how one is paid before the click, and where one stands afterwards (R12, R13)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from alcove.billing.actions.late_fees import agreed_method
from alcove.billing.models import LateFee
from alcove.billing.payments import gateway
from alcove.booking.models import Appointment
from alcove.booking.policies import Consequence
from alcove.core.formats import format_money
from alcove.rooms.models import Room


@dataclass(frozen=True, slots=True)
class FeeStanding:
    """One late fee, with what its payer should know of it; ``is_due`` asks for something."""

    fee: LateFee
    amount: str
    words: str
    is_due: bool
    # Whether it can be paid on the plan's page.
    is_payable: bool


def how_charged(consequence: Consequence, appointment: Appointment) -> str:
    """How a fee would be paid, as its client reads it before the click; "" where none applies."""
    if consequence.cost != "fee":
        return ""
    method = agreed_method(appointment.key)
    if method is not None:
        return _("The fee is charged to your %(card)s, as you agreed when booking.") % {
            "card": method.label
        }
    if gateway() is not None:
        return _("You pay the fee afterwards, on the page “Plan and credits”.")
    return _("You pay the fee to the practice.")


def fees_of_room(room: Room, *, limit: int) -> list[FeeStanding]:
    """The room's late fees: those that are due first, then the latest."""
    found = [_standing(fee) for fee in LateFee.objects.filter(room=room).order_by("-pk")[:limit]]
    return sorted(found, key=lambda one: not one.is_due)


def fees_of_session(appointment: Appointment) -> list[FeeStanding]:
    """The late fees that this session has made due."""
    cause = f"late:{appointment.code}:"
    found = LateFee.objects.filter(room_id=appointment.room_id, cause__startswith=cause)
    return [_standing(fee) for fee in found.order_by("pk")]


def due_words(room: Room) -> list[str]:
    """What the room's client still has to pay, a sentence for each fee."""
    due = LateFee.objects.filter(room=room, state=LateFee.State.DUE).order_by("pk")
    return [
        _("A late fee of %(amount)s is due.")
        % {"amount": format_money(fee.amount_minor, fee.currency)}
        for fee in due
    ]


def _standing(fee: LateFee) -> FeeStanding:
    is_due = fee.state == LateFee.State.DUE
    return FeeStanding(
        fee=fee,
        amount=format_money(fee.amount_minor, fee.currency),
        words=_due(fee) if is_due else _settled(fee),
        is_due=is_due,
        is_payable=is_due and gateway() is not None,
    )


def _due(fee: LateFee) -> str:
    if fee.declined:
        return _("It is due: your card could not be charged.")
    if gateway() is None:
        return _("It is due. Please pay the practice.")
    return _("It is due.")


def _settled(fee: LateFee) -> str:
    return _("It was waived.") if fee.state == LateFee.State.WAIVED else _("It is paid.")
