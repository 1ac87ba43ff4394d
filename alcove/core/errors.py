"""What can go wrong by the product's own rules.

Each app lists its own subclasses in ``errors.py``; reading that file is reading what can go
wrong. One translator per edge turns them into an answer: pages in ``core.pages``.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule of the product refused the request; nothing was changed.

    ``code`` is stable and for programs, ``message`` is for people and says how to mend it,
    ``data`` carries plain JSON values that help either.
    """

    code: ClassVar[str] = "refused"
    http_status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("That is not possible.")

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code)
        self.data = data

    def __str__(self) -> str:
        """The message in the active language, with ``data`` filled in."""
        return str(self.message) % self.data if self.data else str(self.message)


class NotFound(DomainError):
    """The object does not exist, or is none of this person's business: the same answer."""

    code = "not_found"
    http_status = 404
    message = _("We could not find that page, or it is not yours to see.")


class NotAllowed(DomainError):
    """The person may know of the object but may not do this to it."""

    code = "not_allowed"
    http_status = 403
    message = _("Your role does not include this.")


class TooManyRequests(DomainError):
    """A rate limit was reached; the same request works again a little later."""

    code = "too_many_requests"
    http_status = 429
    message = _("That was a lot in a short time. Please wait a minute and try again.")
