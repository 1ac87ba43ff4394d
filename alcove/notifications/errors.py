"""What can go wrong with letters."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class NotASubscription(DomainError):
    """What the page sent is no subscription that a browser made."""

    code = "not_a_subscription"
    http_status = 422
    message = _("Notifications could not be turned on: this browser gave no usable address.")


class NotFailed(DomainError):
    """Only a letter that has failed can be sent again; any other would arrive twice."""

    code = "not_failed"
    message = _("This message has not failed, so it is not sent again.")


class UnknownLead(DomainError):
    """Reminders go out at the times of the list."""

    code = "unknown_lead"
    message = _("Choose when to be reminded from the list.")


class EmptyQuietHours(DomainError):
    """Quiet hours that end when they begin would be none, or the whole day."""

    code = "empty_quiet_hours"
    message = _("Quiet hours must end at another time than they begin.")
