"""`alcove import practice.yaml`: a practice as one file."""

import argparse
from pathlib import Path

from django.db import transaction

from alcove.commands.console import on_record, refuse, say
from alcove.commands.setup import is_set_up
from alcove.core import clock
from alcove.practice_file.apply import import_practice
from alcove.practice_file.problems import Refused
from alcove.practice_file.tree import MOST_BYTES


def run(options: argparse.Namespace) -> int:
    """Print what changed; 1 and the list of problems when the file is refused whole."""
    if not is_set_up():
        return refuse("the database is not set up; run `alcove setup` first.")
    try:
        with Path(options.file).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        return refuse(f"{options.file} cannot be read: {error.strerror}.")
    try:
        with transaction.atomic():
            summary = import_practice(content, now=clock.now())
            if summary.changes:
                on_record("practice.imported", "practice", {"changes": summary.changes})
    except Refused as error:
        return refuse(f"nothing was changed; {options.file} needs mending:\n{error}")
    say(str(summary))
    return 0
