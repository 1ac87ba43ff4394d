"""`alcove check`: does the database keep what the product promises?"""

import argparse

from alcove.commands.console import refuse, say
from alcove.commands.setup import is_set_up
from alcove.core import clock
from alcove.core.audit import end_words, is_still_there
from alcove.database_check.run import CHECKS, broken


def run(options: argparse.Namespace) -> int:
    """Print every broken invariant and where; 1 if there is one.

    Without one, the end of the audit log: kept elsewhere, a later check by it shows what no check
    of the database alone can, that somebody cut the log's end off or wrote it all anew.
    """
    if not is_set_up():
        return refuse("the database is not set up; run `alcove setup` first.")
    if options.audit_row and not is_still_there(options.audit_row):
        return refuse(
            f"the audit log has no row {options.audit_row} any more: its end was cut off, or all of "
            "it was written anew."
        )
    found = broken(clock.now())
    for sentence, places in found.items():
        say(f"BROKEN: {sentence}")
        for place in places:
            say(f"  {place}")
    if found:
        return refuse(f"{len(found)} of {len(CHECKS)} checks do not hold.")
    say(f"All {len(CHECKS)} checks hold.")
    if end := end_words():
        say(f"The audit log ends at row {end}")
    return 0
