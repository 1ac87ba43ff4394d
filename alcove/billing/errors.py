"""What can go wrong with plans and credits."""

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
