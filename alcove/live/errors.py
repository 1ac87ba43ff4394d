"""What the live room refuses, and the close code of the socket where that ends it.

``docs/protocol/live.md`` lists the codes.
"""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError, NotFound


class Malformed(DomainError):
    """A frame that is not of the protocol; ``re`` is its type where that could be read."""

    code = "malformed"
    http_status = 400
    message = _("The page sent something that the live room does not understand.")

    def __init__(self, re: str | None = None) -> None:
        super().__init__()
        self.re = re


class TooManyMalformed(DomainError):
    code = "too_many_malformed"
    http_status = 400
    message = _("The page does not speak with the live room as it should. Please load it again.")


class NotSignedIn(DomainError):
    code = "not_signed_in"
    http_status = 401
    message = _("You are signed out. Sign in again to come back to the session.")


class NotOpen(DomainError):
    code = "not_open"
    http_status = 403
    message = _("The session is not open yet.")


class Replaced(DomainError):
    code = "replaced"
    message = _("You continued on another device.")


class Over(DomainError):
    code = "over"
    message = _("This session is over, or it was moved or cancelled.")


class TooLarge(DomainError):
    code = "too_large"
    http_status = 413
    message = _("The page sent more than the live room takes at once.")


class OtherVersion(DomainError):
    code = "version"
    http_status = 426
    message = _("The live room was updated. Please load the page again.")


class Flood(DomainError):
    code = "flood"
    http_status = 429
    message = _("The page sent too much in a short time. Please wait a minute and join again.")


class NotHere(DomainError):
    code = "not_here"
    http_status = 409
    message = _("Join the session first.")


class AlreadyHandled(DomainError):
    """A colleague has seen to the report meanwhile."""

    code = "already_handled"
    message = _("A colleague has seen to this report meanwhile.")


class JoinedElsewhere(DomainError):
    code = "joined_elsewhere"
    message = _("You are in this session on another device.")


class LevelTooHigh(DomainError):
    code = "level_too_high"
    message = _("That is more than the session type that was booked.")


# Refusals after which there is nothing to stay for.
CLOSE_CODES: dict[type[DomainError], int] = {
    TooManyMalformed: 4400,
    NotSignedIn: 4401,
    NotOpen: 4403,
    NotFound: 4404,
    Replaced: 4409,
    Over: 4410,
    TooLarge: 4413,
    OtherVersion: 4426,
    Flood: 4429,
}
