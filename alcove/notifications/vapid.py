"""The practice's key for web push, and whom push services may write to about it."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from alcove.notifications.web_push import encode, point_of, private_key


def own_key() -> ec.EllipticCurvePrivateKey:
    """The key that signs; every subscription is bound to it."""
    return private_key(settings.PUSH_PRIVATE_KEY)


def public_key() -> str:
    """What browsers subscribe with (RFC 8292 section 3.2)."""
    return encode(point_of(own_key()))


@register()
def push_is_usable(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a key that is none, and a contact that push services would refuse."""
    found: list[CheckMessage] = []
    try:
        own_key()
    except ValueError:
        found.append(
            Error(
                "PUSH_PRIVATE_KEY is no private key for web push.",
                hint="Set it to what `alcove push-key` prints, the same for every process.",
                id="alcove.E020",
            )
        )
    if not settings.PUSH_CONTACT.startswith(("mailto:", "https://")):
        found.append(
            Error(
                f"PUSH_CONTACT is {settings.PUSH_CONTACT!r}.",
                hint="Set it to mailto:somebody@your.practice, or to an https address.",
                id="alcove.E021",
            )
        )
    return found
