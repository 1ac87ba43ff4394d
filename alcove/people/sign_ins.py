"""The rows of sign-ins, which hold the address that somebody typed: gone once they are over."""

import datetime as dt
from typing import Any

from django.contrib.sessions.models import Session

from alcove.core import jobs


@jobs.every(dt.timedelta(days=1), "people.forget_sign_ins")
def forget_sign_ins(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Delete the sessions of browsers that nobody can go on with."""
    Session.objects.filter(expire_date__lte=now).delete()
