"""`alcove start`, which `make run` ends in: set up, fill an empty database, serve."""

import argparse
from urllib.parse import urlsplit

from django.conf import settings

from alcove.commands import setup
from alcove.commands.serve import serve
from alcove.commands.setup_link import set_up_lines
from alcove.commands.sign_in_link import link_for
from alcove.core import clock
from alcove.core.checks import LOOPBACK
from alcove.people.models import Person
from alcove.practice_file.sample import ROLES, is_empty, is_sample, load_sample


def run(options: argparse.Namespace) -> int:
    """Serve until stopped; 1 when it cannot start."""
    if failed := setup.run(options):
        return failed
    # A public address is somebody's practice to be: it must not fill with made-up people.
    if is_empty() and urlsplit(settings.BASE_URL).hostname in LOOPBACK:
        load_sample(now=clock.now())
    return serve(announcement())


def announcement() -> str:
    """The address; with the sample's data one sign-in link for each role."""
    lines = [f"Alcove answers at {settings.BASE_URL}"]
    if is_empty():
        lines += [
            "",
            *set_up_lines(),
            "Or write the practice down and run alcove import practice.yaml",
            "",
        ]
    if is_sample():
        people = {
            person.email: person for person in Person.objects.filter(email__in=[*ROLES.values()])
        }
        lines += ["", "The sample practice is loaded. Sign in as (each link works once):"]
        lines += [
            f"  {role:<20} {people[email].name:<16} {link_for(people[email])}"
            for role, email in ROLES.items()
            if email in people
        ]
        lines += ["", "New links: start again, or bin/alcove sign-in-link EMAIL", ""]
    lines.append("Stop with Ctrl-C.")
    return "\n".join(lines)
