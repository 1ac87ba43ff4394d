"""`alcove sample`: the sample practice in an empty database."""

import argparse

from alcove.commands.console import refuse, say
from alcove.commands.setup import is_set_up
from alcove.core import clock
from alcove.practice_file.sample import NotEmpty, load_sample


def run(options: argparse.Namespace) -> int:
    """Load it; a database with a practice is refused, or left alone with --if-empty."""
    if not is_set_up():
        return refuse("the database is not set up; run `alcove setup` first.")
    try:
        load_sample(now=clock.now())
    except NotEmpty:
        if options.if_empty:
            return 0
        return refuse("there is a practice in the database already; the sample is for empty ones.")
    say("The sample practice is loaded.")
    return 0
