"""What can go wrong with people and with the practice itself."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class ReminderTooLate(DomainError):
    """A provider is reminded while they can still answer."""

    code = "reminder_too_late"
    http_status = 422
    message = _("The reminder has to come before the time for an answer is over.")
