"""`alcove restore FILE`: a backup takes the place of the database."""

import argparse
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from alcove.commands.backup import NOT_SQLITE, copy_database
from alcove.commands.console import refuse, say
from alcove.core import clock


def run(options: argparse.Namespace) -> int:
    """Restore; refused when the file is no whole backup, or a database would be overwritten."""
    if connection.vendor != "sqlite":
        return refuse(NOT_SQLITE)
    source, target = Path(options.file), Path(settings.DATABASES["default"]["NAME"])
    if not source.is_file():
        return refuse(f"there is no file {source}.")
    if not is_whole(source):
        return refuse(f"{source} is not a whole backup of Alcove.")
    connection.close()
    if target.exists():
        if not options.replace:
            return refuse("there is a database; stop Alcove and add --replace to keep it aside.")
        aside = target.with_name(f"{target.name}.{clock.now():%Y%m%d-%H%M%S}")
        copy_database(target, aside)
        say(f"The former database is kept as {aside}.")
    # Through SQLite, not by renaming: a process that has the old file open sees the new pages.
    copy_database(source, target)
    say("Restored. Run `alcove setup`, then `alcove check`.")
    return 0


def is_whole(file: Path) -> bool:
    """Whether it is an undamaged SQLite database with a practice's tables."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            query = "SELECT 1 FROM sqlite_master WHERE name = 'booking_timeclaim'"
            return sound and database.execute(query).fetchone() is not None
    except sqlite3.DatabaseError:
        return False
