"""What can go wrong with plans, credits and payments."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class NotEnoughCredits(DomainError):
    """No session credit is left to reserve (R4)."""

    code = "not_enough_credits"
    message = _("There is no session credit left for this room.")


class CoverageEndsBefore(DomainError):
    """Coverage ends after it began."""

    code = "coverage_ends_before"
    http_status = 422
    message = _("The plan would end before it begins. Please choose a later end, or none.")


class PlanCodeTaken(DomainError):
    """Another plan has this short name."""

    code = "plan_code_taken"
    message = _("Another plan has this short name. Please choose another one.")


class PlanIsFixed(DomainError):
    """Period and currency of a plan that somebody has cannot change."""

    code = "plan_is_fixed"
    message = _(
        "Rooms have this plan already, so its period and currency stay. Make a new plan instead."
    )


class PlanChangedMeanwhile(DomainError):
    """Somebody else has changed the plan since it was read."""

    code = "plan_changed_meanwhile"
    message = _("Somebody has changed this plan meanwhile. Open it again to see it as it is.")


class NothingToBuy(DomainError):
    """This is not for sale: the plan sells no further credits, or there is nothing to pay."""

    code = "nothing_to_buy"
    message = _("This cannot be bought here. The practice will gladly help you.")


class HasCredit(DomainError):
    """A credit is left, so none needs to be bought to book."""

    code = "has_credit"
    message = _("You have a session credit, so you can book without buying one.")


class NoGateway(DomainError):
    """No way to pay by card is set up: the practice is paid by other ways."""

    code = "no_gateway"
    message = _("Card payments are not set up here. Please pay the practice directly.")


class GatewayAway(DomainError):
    """The payment service does not answer."""

    code = "gateway_away"
    message = _(
        "The payment service does not answer right now. Nothing was charged. Please try again in "
        "a minute."
    )


class GatewayRefused(DomainError):
    """The payment service refused to open a payment."""

    code = "gateway_refused"
    message = _(
        "The payment service did not accept this. Nothing was charged. Please tell the practice."
    )


class AlreadyRefunded(DomainError):
    """The money of this purchase was given back before."""

    code = "already_refunded"
    message = _("The money for this was given back before.")


class NothingToRefund(DomainError):
    """All of its credits are used, or it was never paid."""

    code = "nothing_to_refund"
    message = _("Nothing of this can be given back: it is not paid, or its credits are used.")


class NoFailedRefund(DomainError):
    """The refund did not fail, or somebody has seen to it."""

    code = "no_failed_refund"
    message = _("This refund waits for nobody: it is on its way, or was given back.")


class RefundChanged(DomainError):
    """What would go back is not what was shown: credits were used, or came back, meanwhile."""

    code = "refund_changed"
    message = _("What can be given back has changed meanwhile. Please look at it again.")


class AlreadySettled(DomainError):
    """The fee is paid or waived."""

    code = "already_settled"
    message = _("This fee is settled already.")


class ReasonMissing(DomainError):
    """An act that needs a reason on record had none."""

    code = "reason_missing"
    message = _("Please write down a reason: it goes on record.")


class RoomHasPlan(DomainError):
    """The room is covered, so a second plan would be paid twice."""

    code = "room_has_plan"
    message = _("This room has a plan already.")
