"""What the live room refuses, with the close code of the socket where that ends it.

``docs/protocol/live.md`` lists the codes.
"""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError


class SocketError(DomainError):
    """A refusal by the socket; ``close_code`` is None where the socket stays open."""

    close_code: ClassVar[int | None] = None


class Malformed(SocketError):
    """A frame that is not of the protocol; ``re`` is its type where that could be read."""

    code = "malformed"
    http_status = 400
    message = _("The page sent something that the live room does not understand.")

    def __init__(self, re: str | None = None) -> None:
        super().__init__()
        self.re = re


class TooManyMalformed(SocketError):
    code = "malformed"
    close_code = 4400
    http_status = 400
    message = _("The page does not speak with the live room as it should. Please load it again.")


class NotSignedIn(SocketError):
    code = "not_signed_in"
    close_code = 4401
    http_status = 401
    message = _("You are signed out. Sign in again to come back to the session.")


class NotOpen(SocketError):
    code = "not_open"
    close_code = 4403
    http_status = 403
    message = _("The session is not open yet.")


class NotYours(SocketError):
    code = "not_found"
    close_code = 4404
    http_status = 404
    message = _("We could not find that session, or it is not yours to join.")


class Replaced(SocketError):
    code = "replaced"
    close_code = 4409
    message = _("You continued on another device.")


class Over(SocketError):
    code = "over"
    close_code = 4410
    message = _("This session is over, or it was moved or cancelled.")


class TooLarge(SocketError):
    code = "too_large"
    close_code = 4413
    http_status = 413
    message = _("The page sent more than the live room takes at once.")


class OtherVersion(SocketError):
    code = "version"
    close_code = 4426
    http_status = 426
    message = _("The live room was updated. Please load the page again.")


class Flood(SocketError):
    code = "flood"
    close_code = 4429
    http_status = 429
    message = _("The page sent too much in a short time. Please wait a minute and join again.")


class NotHere(SocketError):
    code = "not_here"
    http_status = 409
    message = _("Join the session first.")


class JoinedElsewhere(SocketError):
    code = "joined_elsewhere"
    message = _("You are in this session on another device.")


class LevelTooHigh(SocketError):
    code = "level_too_high"
    message = _("That is more than the session type that was booked.")
