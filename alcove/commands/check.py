"""`alcove check`: does the database keep what the product promises?"""

import argparse

from alcove.commands.console import refuse, say
from alcove.commands.setup import is_set_up
from alcove.core import clock
from alcove.database_check.run import CHECKS, broken


def run(options: argparse.Namespace) -> int:
    """Print every broken invariant and where; 1 if there is one."""
    if not is_set_up():
        return refuse("the database is not set up; run `alcove setup` first.")
    found = broken(clock.now())
    for sentence, places in found.items():
        say(f"BROKEN: {sentence}")
        for place in places:
            say(f"  {place}")
    if found:
        return refuse(f"{len(found)} of {len(CHECKS)} checks do not hold.")
    say(f"All {len(CHECKS)} checks hold.")
    return 0
