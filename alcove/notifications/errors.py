"""What can go wrong with letters."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class NotFailed(DomainError):
    """Only a letter that has failed can be sent again; any other would arrive twice."""

    code = "not_failed"
    message = _("This message has not failed, so it is not sent again.")
