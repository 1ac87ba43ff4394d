"""Django's door for mail of others (sign-in codes): they wait in the outbox like our own."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from alcove.core import clock
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.models import Delivery
from alcove.people.models import Person


class OutboxBackend(BaseEmailBackend):
    """Stores each message as a letter for each recipient; a job sends it, if there is a server.

    So no request waits for a mail server, or fails with it.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages, all or none; return their number."""
        now = clock.now()
        with transaction.atomic():
            for message in email_messages:
                text, html = _bodies(message)
                for address in message.recipients():
                    letter = Delivery(
                        person=Person.objects.filter(email=address.strip().lower()).first(),
                        address=address,
                        subject=str(message.subject)[:200],
                        text=text,
                        html=html,
                    )
                    post_letter(letter, now=now)
        return len(email_messages)


def _bodies(message: EmailMessage) -> tuple[str, str]:
    """The message's plain text and its HTML, either of which may be empty."""
    if message.content_subtype == "html":
        return "", str(message.body)
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    html = [str(body) for body, kind in alternatives if kind == "text/html"]
    return str(message.body), html[0] if html else ""
