"""`alcove setup-link`: a one-time link that sets up a practice which has nobody yet."""

import argparse

from django.conf import settings
from django.db import DatabaseError
from django.urls import reverse

from alcove.commands.console import refuse, say
from alcove.core import clock
from alcove.people.set_up_links import is_waiting, make_set_up_link


def run(options: argparse.Namespace) -> int:
    """Print the link; 1 when there is somebody already, or no database yet."""
    try:
        lines = set_up_lines()
    except DatabaseError:
        return refuse("the database is not set up; run `alcove setup` first.")
    if not lines:
        return refuse("there is somebody here already; use `alcove sign-in-link EMAIL`.")
    say(lines[-1].strip())
    return 0


def set_up_lines() -> list[str]:
    """What to print where nobody is here yet, the link last; nothing otherwise."""
    if not is_waiting():
        return []
    token = make_set_up_link(now=clock.now())
    return [
        "Nobody is here yet. Set up your practice with this link (it works once, for 24 hours):",
        f"  {settings.BASE_URL}{reverse('set_up', args=[token])}",
    ]
