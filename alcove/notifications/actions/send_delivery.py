"""Sending one letter: once, except one further copy where the mail server's answer was lost."""

import datetime as dt
import re
import smtplib
from contextlib import suppress
from typing import Any, cast

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import F, Q

from alcove.core import jobs
from alcove.notifications.actions.post_letter import SEND
from alcove.notifications.mail import build_message, envelope
from alcove.notifications.models import Delivery

SMTP = "django.core.mail.backends.smtp.EmailBackend"
# Longer than a whole conversation in which each step waits for its timeout.
LEASE = dt.timedelta(minutes=5)
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
# How long temporary trouble is borne. A sign-in code is of no use after minutes.
PATIENCE = dt.timedelta(days=3)
PATIENCE_FOR_SIGN_IN = dt.timedelta(minutes=15)


class TemporaryTrouble(Exception):
    """The mail server is away, or says to come again; says so without any address."""


class Refused(Exception):
    """The mail server does not take this letter, now or later; says so without any address."""


@jobs.handles(SEND)
def send(payload: dict[str, Any], now: dt.datetime) -> None:
    """The job: send the letter, or come again later."""
    send_delivery(delivery_id=payload["delivery"], now=now)


def send_delivery(*, delivery_id: int, now: dt.datetime) -> None:
    """Send a waiting letter by SMTP and mark it sent; do nothing when it is not waiting.

    A refusal (SMTP 5xx, RFC 5321 section 4.2.1) marks it failed with the reason. Temporary
    trouble raises ``jobs.Postpone`` with a growing pause, for three days. No transaction is open
    while the mail server is spoken to.
    """
    letter = _take(delivery_id, now)
    if letter is None:
        return
    if not settings.EMAIL_URL:
        _settle(letter, state=Delivery.State.KEPT)
        return
    try:
        hand_to_server(letter)
    except Refused as refusal:
        _settle(letter, state=Delivery.State.FAILED, last_error=str(refusal))
    except TemporaryTrouble as trouble:
        _wait_or_give_up(letter, trouble, now)
    else:
        # What signs somebody in is not kept any longer than it is needed.
        secret = {} if letter.event_id else {"text": "", "html": ""}
        _settle(letter, state=Delivery.State.SENT, sent_at=now, last_error="", **secret)


def hand_to_server(letter: Delivery) -> None:
    """Give the letter to the mail server; raises TemporaryTrouble or Refused."""
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


def _take(delivery_id: int, now: dt.datetime) -> Delivery | None:
    """Lease the letter; None when it is settled. Postpones while another sender has it."""
    waiting = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING)
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    if waiting.filter(free).update(leased_until=now + LEASE, attempts=F("attempts") + 1):
        return Delivery.objects.get(pk=delivery_id)
    if waiting.exists():
        raise jobs.Postpone(LEASE, "another sender has it")
    return None


def _settle(letter: Delivery, **fields: Any) -> None:
    """Write the outcome and end the lease, unless a later attempt has taken over."""
    mine = Delivery.objects.filter(pk=letter.pk, attempts=letter.attempts)
    mine.update(leased_until=None, **fields)


def _wait_or_give_up(letter: Delivery, trouble: TemporaryTrouble, now: dt.datetime) -> None:
    patience = PATIENCE if letter.event_id else PATIENCE_FOR_SIGN_IN
    give_up_at = letter.give_up_at or now + patience
    if now >= give_up_at:
        _settle(letter, state=Delivery.State.FAILED, last_error=str(trouble))
        return
    _settle(letter, last_error=str(trouble), give_up_at=give_up_at)
    pause = min(FIRST_PAUSE * 2 ** min(letter.attempts - 1, 10), LONGEST_PAUSE)
    raise jobs.Postpone(pause, str(trouble))


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
