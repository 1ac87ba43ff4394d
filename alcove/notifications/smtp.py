"""The carrier of mail: one conversation with the practice's mail server for each letter."""

import re
import smtplib
from contextlib import suppress
from typing import cast

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from alcove.notifications.carriers import Carrier, Refused, TemporaryTrouble, carry
from alcove.notifications.kinds import Channel
from alcove.notifications.mail import build_message, envelope
from alcove.notifications.models import Delivery
from alcove.people.models import Person

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def hand_to_server(letter: Delivery) -> None:
    """Give the letter to the mail server; raises TemporaryTrouble or Refused.

    An answer of 5xx is final (RFC 5321 section 4.2.1); everything else is worth another try.
    """
    try:
        message = build_message(letter)
        sender, recipient = envelope(letter)
    except ValueError as error:
        raise Refused("the address cannot be written in a message") from error
    backend = cast(EmailBackend, get_connection(SMTP))
    try:
        backend.open()
    except (smtplib.SMTPException, OSError) as error:
        # Nothing of it is this letter's fault: not even a wrong password for the server.
        raise TemporaryTrouble(_reason(error)) from error
    try:
        cast(smtplib.SMTP, backend.connection).send_message(message, sender, [recipient])
    except (smtplib.SMTPException, OSError) as error:
        code = _code(error)
        kind = Refused if code is not None and code >= 500 else TemporaryTrouble
        raise kind(_reason(error)) from error
    finally:
        # The server has answered: a farewell that fails changes nothing.
        with suppress(smtplib.SMTPException, OSError):
            backend.close()


def _code(error: Exception) -> int | None:
    """The server's answer to this letter; None when the connection broke instead."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPNotSupportedError):
        # The letter needs an extension that this server lacks, and will lack tomorrow.
        return 550
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def _reason(error: Exception) -> str:
    """The trouble in a line for staff, without any address; at most 300 characters."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answer(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {_without_addresses(str(error))}"[:300]


def _answer(code: int, words: bytes | str) -> str:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {_without_addresses(said)}"[:300]


def _without_addresses(text: str) -> str:
    return re.sub(r"\S+@\S+", "…", text)


def _is_configured() -> bool:
    return bool(settings.EMAIL_URL)


def _has_address(person: Person) -> bool:
    return bool(person.email)


carry(Channel.EMAIL, Carrier(send=hand_to_server, reaches=_has_address, works=_is_configured))
