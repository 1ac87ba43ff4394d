"""What can go wrong at the support desk."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class TooManyOpenRequests(DomainError):
    """Somebody has asked a lot that was not answered yet."""

    code = "too_many_open_requests"
    http_status = 429
    message = _(
        "Your earlier questions still wait for an answer. Please add nothing more until one has "
        "come."
    )


class AlreadySettled(DomainError):
    """A colleague has answered or closed the request meanwhile."""

    code = "request_settled"
    message = _("A colleague has answered or closed this request meanwhile.")


class JobNotFailed(DomainError):
    """A job is to be tried again that was not given up."""

    code = "job_not_failed"
    message = _("This job is not given up: it was tried again already, or is done.")
