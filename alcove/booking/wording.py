"""Sentences that pages, mails and errors share."""

from django.utils.translation import gettext as _

from alcove.booking.policies import Consequence, Obstacle
from alcove.core.formats import format_money
from alcove.rooms.models import Room

# What a plan that is chosen anew does away with.
MENDED_BY_A_PLAN: frozenset[Obstacle] = frozenset({"no_plan", "coverage_ended", "unpaid"})


def why_plan_needed(obstacle: Obstacle) -> str:
    """The same for the client who can choose a plan here: the page leads there (R2, R4)."""
    return {
        "no_plan": _("This room has no plan yet. Choose one, and you can book."),
        "coverage_ended": _("The plan of this room has ended. Choose a plan, and you can book."),
        "unpaid": _(
            "The last payment for this room did not go through. Choose a plan anew, or speak "
            "with the practice."
        ),
    }[obstacle]


def why_not_bookable(obstacle: Obstacle, room: Room) -> str:
    """Why a room cannot be booked and what to do about it, in plain words (R2)."""
    name = room.provider.name
    return {
        "closed": _("This room is closed. Write to the practice if you want to go on."),
        "no_plan": _("This room has no plan yet. Ask the practice to set one up."),
        "coverage_ended": _("The coverage of this room has ended. Ask the practice to renew it."),
        "unpaid": _("The last payment for this room did not arrive. Please settle it first."),
        "provider_gone": _("%(name)s does not take sessions any more. Ask for another provider.")
        % {"name": name},
        "on_leave": _("%(name)s is on leave at the moment. You can still write in the room.")
        % {"name": name},
        "no_offers": _(
            "%(name)s and your plan have no session type in common. Ask the practice for help."
        )
        % {"name": name},
    }[obstacle]


def consequence_words(consequence: Consequence) -> str:
    """What a change costs, as the page says it before the click (R12)."""
    if consequence.cost == "fee":
        return _("a fee of %(amount)s applies") % {
            "amount": format_money(consequence.fee_minor, consequence.currency)
        }
    if consequence.cost == "credit":
        return _("you will lose 1 session credit")
    return _("free")
