"""`alcove backup FILE`: the whole practice as one file, taken while it runs."""

import argparse
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from alcove.commands.console import refuse, say

NOT_SQLITE = "the database is PostgreSQL; use pg_dump and pg_restore."


def run(options: argparse.Namespace) -> int:
    """Write the backup; an existing file is refused."""
    if connection.vendor != "sqlite":
        return refuse(NOT_SQLITE)
    source, target = Path(settings.DATABASES["default"]["NAME"]), Path(options.file)
    if not source.exists():
        return refuse("there is no database yet.")
    try:
        # Made here and now for this user alone: the file holds everything the practice knows.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return refuse(f"{target} exists; choose another name.")
    except OSError as error:
        return refuse(f"{target} cannot be written: {error.strerror}.")
    copy_database(source, target)
    say(f"Backed up to {target} ({target.stat().st_size // 1024} kB).")
    return 0


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as of one instant, whoever writes to it meanwhile."""
    with closing(sqlite3.connect(source)) as have, closing(sqlite3.connect(target)) as copy:
        have.backup(copy)
