"""How commands speak: results to standard output, refusals to standard error."""

import sys
from typing import Any

from django.db import transaction

from alcove.core import audit, clock, events


def say(text: str = "") -> None:
    """Print a result."""
    print(text, flush=True)


def on_record(act: str, subject: str, data: dict[str, Any] | None = None) -> None:
    """Put on record what somebody with the server's command line did; there is no other name."""
    with transaction.atomic():
        audit.append(actor=events.SYSTEM, act=act, subject=subject, data=data, now=clock.now())


def refuse(text: str) -> int:
    """Print what is wrong and return the exit code for it."""
    print(f"alcove: {text}", file=sys.stderr, flush=True)
    return 1
