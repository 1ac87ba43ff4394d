"""From a letter to the bytes that a mail server takes.

A calendar message is the last part of multipart/alternative, its ``method`` parameter equal to
the METHOD inside (RFC 6047 sections 2.4 and 2.5). It is not attached a second time: Outlook would
show the session twice, and every mail program that knows calendars reads the alternative. Others
have the link to the session's page, which offers the file.
"""

import email.policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import css_inline
from django.conf import settings
from django.template.loader import render_to_string

from alcove.notifications.letters.letter import Letter
from alcove.notifications.models import Delivery

# The rules for dark colours cannot stand in an element; they stay in the head.
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def render(letter: Letter) -> tuple[str, str]:
    """The letter as plain text and as HTML, in the active language."""
    context = {"letter": letter}
    text = render_to_string("emails/letter.txt", context).strip() + "\n"
    return text, _INLINER.inline(render_to_string("emails/letter.html", context))


def build_message(delivery: Delivery) -> EmailMessage:
    """The whole message of a row; the same bytes of content each time it is built.

    The headers keep automatic answers away (RFC 3834 section 5, and Outlook's own). Raises
    ValueError for an address that cannot be written in a header.
    """
    message = EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = delivery.subject
    message["From"] = _mailbox(*parseaddr(settings.DEFAULT_FROM_EMAIL))
    message["To"] = _mailbox("", delivery.address)
    # When it was written; how long it then waited for a mail server is another matter.
    message["Date"] = format_datetime(delivery.created_at)
    message["Message-ID"] = delivery.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    # Quoted-printable: whole and readable through servers that know seven bits only.
    message.set_content(delivery.text, cte="quoted-printable")
    if delivery.html:
        message.add_alternative(delivery.html, subtype="html", cte="quoted-printable")
    if delivery.calendar:
        message.add_alternative(
            delivery.calendar,
            subtype="calendar",
            cte="base64",
            params={"method": delivery.calendar_method},
        )
    return message


def envelope(delivery: Delivery) -> tuple[str, str]:
    """Sender and recipient as SMTP wants them."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return _mailbox("", sender).addr_spec, _mailbox("", delivery.address).addr_spec


def _mailbox(name: str, address: str) -> Address:
    """An address with its domain in the letters that mail servers know (RFC 5891)."""
    local, _at, domain = address.rpartition("@")
    return Address(name, local, domain.encode("idna").decode("ascii"))
