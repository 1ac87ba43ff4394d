"""`alcove export [FILE]`: the practice as one file."""

import argparse
import os
from pathlib import Path

from alcove.commands.console import on_record, refuse, say
from alcove.commands.setup import is_set_up
from alcove.practice_file.write import export_practice


def run(options: argparse.Namespace) -> int:
    """Write the practice file, or print it; 1 when the file exists or cannot be written."""
    if not is_set_up():
        return refuse("the database is not set up; run `alcove setup` first.")
    text = export_practice()
    on_record("practice.exported", "practice")
    if options.file is None:
        print(text, end="")
        return 0
    try:
        # Names and addresses: for nobody else on this machine.
        handle = os.open(Path(options.file), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        return refuse(f"{options.file} cannot be written: {error.strerror}.")
    say(f"The practice is written to {options.file}.")
    return 0
