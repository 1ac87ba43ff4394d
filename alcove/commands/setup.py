"""`alcove setup`: the database's tables and the static files, brought up to date.

A second run finds nothing to do and takes a moment: `make run` does it at each start.
"""

import argparse
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from alcove.commands.console import refuse, say
from alcove.commands.setup_link import set_up_lines
from alcove.core import static_storage
from alcove.practice_file.sample import is_sample

STAMP = "static-sources"


def run(options: argparse.Namespace) -> int:
    """Migrate and collect; 1 when the database cannot be reached."""
    try:
        migrate()
    except OperationalError as error:
        return refuse(f"the database cannot be used: {error}".strip())
    collect_static()
    if getattr(options, "command", "") == "setup":
        say("\n".join(set_up_lines() or _known_lines()))
    return 0


def _known_lines() -> list[str]:
    """What to print where somebody is here already."""
    lines = ["Everything is set up, and somebody is here already: `alcove serve` serves it."]
    if is_sample():
        lines.append(
            "It is the sample practice. For one of your own set ALCOVE_VAR to another folder, or "
            "DATABASE_URL to another database, and set up again."
        )
    return lines


def migrate() -> bool:
    """Apply the migrations that are missing; whether there were any."""
    if not pending_migrations():
        return False
    say("Setting up the database…")
    call_command("migrate", interactive=False, verbosity=0)
    return True


def pending_migrations() -> bool:
    """Whether the database lacks a migration of this version; raises OperationalError."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_set_up() -> bool:
    """Whether the database can be reached and has every table of this version."""
    try:
        return not pending_migrations()
    except DatabaseError:
        return False


def collect_static() -> bool:
    """Collect, hash and compress the static files if any source changed; whether one had."""
    stamp = settings.VAR_DIR / STAMP
    fingerprint = static_fingerprint()
    collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if collected.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return False
    # Files of the former version stay: pages that are open still ask for them.
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)
    return True


def static_fingerprint() -> str:
    """A digest of the names, sizes and times of all sources and of the code that joins them."""
    digest = hashlib.sha256()
    paths = [
        (name, storage.path(name)) for finder in get_finders() for name, storage in finder.list([])
    ]
    paths.append(("", static_storage.__file__))
    for name, path in sorted(paths):
        state = Path(path).stat()
        digest.update(f"{name}\0{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
