"""System checks: a start that would be unsafe says what to set."""

import importlib.util
import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@register()
def public_start_is_safe(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a public address without TLS, with a made-up secret, or with debugging on."""
    host = urlsplit(settings.BASE_URL).hostname
    if host in LOOPBACK:
        return []
    found: list[CheckMessage] = []
    if not settings.OVER_TLS:
        found.append(
            Error(
                f"BASE_URL {settings.BASE_URL} is public but not https.",
                hint="Put a TLS proxy in front and set BASE_URL=https://your.host",
                id="alcove.E001",
            )
        )
    if len(os.environ.get("SECRET_KEY", "")) < 32:
        found.append(
            Error(
                "SECRET_KEY is not set, or shorter than 32 characters.",
                hint="Set SECRET_KEY to a long random text; the same for every process.",
                id="alcove.E002",
            )
        )
    if settings.DEBUG:
        found.append(Error("ALCOVE_DEBUG is on.", hint="Unset ALCOVE_DEBUG.", id="alcove.E003"))
    if settings.OUTBOUND_TO_LOOPBACK:
        found.append(
            Error(
                "ALCOVE_OUTBOUND_TO_LOOPBACK is on: people could name addresses of this machine.",
                hint="Unset ALCOVE_OUTBOUND_TO_LOOPBACK; it is for tests.",
                id="alcove.E005",
            )
        )
    return found


@register()
def payments_can_be_heard(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a payment service whose notices could not be told from forged ones, or no library."""
    if not settings.STRIPE_SECRET_KEY:
        return []
    found: list[CheckMessage] = []
    if not settings.STRIPE_WEBHOOK_SECRET:
        found.append(
            Error(
                "STRIPE_SECRET_KEY is set, STRIPE_WEBHOOK_SECRET is not.",
                hint="Set the signing secret of the webhook; see docs/self-hosting/payments.md.",
                id="alcove.E006",
            )
        )
    if importlib.util.find_spec("stripe") is None:
        found.append(
            Error(
                "STRIPE_SECRET_KEY is set, and Stripe's library is not installed.",
                hint="Install requirements/server.txt, or alcove[stripe].",
                id="alcove.E007",
            )
        )
    return found


@register()
def zones_come_from_the_package(**_kwargs: Any) -> list[CheckMessage]:
    """The system's zone files differ from the pinned package's; one answer for all machines."""
    from zoneinfo import TZPATH  # noqa: PLC0415 - read when the check runs

    if TZPATH:
        return [
            Error(
                "Python would read time zones from the system.",
                hint="Set PYTHONTZPATH to the empty string.",
                id="alcove.E004",
            )
        ]
    return []
