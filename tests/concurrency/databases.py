"""A fresh database for each module of races: a copy of one that was set up and filled once.

Without DATABASE_URL it is an SQLite file; with it, a database in that PostgreSQL server.
"""

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.concurrency.world import World
from tests.payment_service import SECRET, WEBHOOK_SECRET

CLUSTER = os.environ.get("DATABASE_URL", "")
PATIENCE_SECONDS = 90

# The settings of whoever runs the tests must not reach the servers under test.
OURS = (
    "ALCOVE_",
    "DATABASE_",
    "DJANGO_",
    "EMAIL_",
    "REDIS_",
    "STRIPE_",
    "TURN_",
    "BASE_URL",
    "HTTP_THREADS",
    "HOST",
)


@dataclass(frozen=True)
class Database:
    """Where a server keeps everything: its folder and, on PostgreSQL, its database."""

    folder: Path
    url: str = ""
    # Of the payment service that the practice is set up with; "" for none.
    payment_service: str = ""

    def environment(self) -> dict[str, str]:
        """The variables for a process that works on this database."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        own = {
            "ALCOVE_VAR": str(self.folder),
            "SECRET_KEY": "one secret for the filling and the serving process",
            "POSTS_PER_MINUTE": "1000000",
        }
        if self.payment_service:
            own |= {
                "STRIPE_SECRET_KEY": SECRET,
                "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
                "STRIPE_API": self.payment_service,
            }
        return kept | own | ({"DATABASE_URL": self.url} if self.url else {})

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``python -m WORDS…`` on this database."""
        return subprocess.run(
            [sys.executable, "-m", *words],
            env=self.environment(),
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database itself answers, past all code of the product."""
        if self.url:
            with psycopg.connect(self.url) as postgres:
                # Any: the statements are put together here, so they are no literals.
                statement: Any = query
                return postgres.execute(statement).fetchall()
        with closing(sqlite3.connect(self.folder / "alcove.sqlite3", timeout=20)) as sqlite:
            return sqlite.execute(query).fetchall()

    def change(self, statement: str) -> None:
        """Change rows past all code of the product."""
        if self.url:
            with psycopg.connect(self.url) as postgres:
                # Any: as in ``rows``.
                words: Any = statement
                postgres.execute(words)
            return
        with closing(sqlite3.connect(self.folder / "alcove.sqlite3", timeout=20)) as sqlite:
            sqlite.execute(statement)
            sqlite.commit()

    def value(self, query: str) -> Any:
        """The one value that a query answers."""
        [(value,)] = self.rows(query)
        return value


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """The address of an empty database in the PostgreSQL server at hand; "" where SQLite is used."""
    if not CLUSTER:
        yield ""
        return
    name = f"alcove_{name}_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(CLUSTER, autocommit=True) as cluster:
        # Any: psycopg wants literals, and a database cannot be named by a parameter.
        create: Any = f"CREATE DATABASE {name}"
        drop: Any = f"DROP DATABASE {name} WITH (FORCE)"
        cluster.execute(create)
        try:
            yield urlunsplit(urlsplit(CLUSTER)._replace(path=f"/{name}"))
        finally:
            cluster.execute(drop)


def instant(value: Any) -> dt.datetime:
    """A stored instant: SQLite keeps it as text, in UTC."""
    if isinstance(value, str):
        return dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC)
    assert isinstance(value, dt.datetime)
    return value.astimezone(dt.UTC)


@contextmanager
def filled_database(folder: Path) -> Iterator[tuple[Database, World]]:
    """Set a database up, put the world of the races into it; gone afterwards."""
    with _database(folder, like=None) as database:
        made = database.run("tests.concurrency.fill")
        assert made.returncode == 0, made.stderr
        yield database, World.from_json(made.stdout.splitlines()[-1])


@contextmanager
def copy_of(original: Database, folder: Path) -> Iterator[Database]:
    """The same database once more, to be used up; static files are shared."""
    with _database(folder, like=original) as database:
        (folder / "static").symlink_to(original.folder / "static")
        if not database.url:
            shutil.copy(original.folder / "alcove.sqlite3", folder)
        yield database


@contextmanager
def _database(folder: Path, like: Database | None) -> Iterator[Database]:
    if not CLUSTER:
        yield Database(folder)
        return
    name = f"alcove_race_{uuid.uuid4().hex[:12]}"
    template = f" TEMPLATE {urlsplit(like.url).path[1:]}" if like else ""
    _command(f"CREATE DATABASE {name}{template}")
    try:
        yield Database(folder, urlunsplit(urlsplit(CLUSTER)._replace(path=f"/{name}")))
    finally:
        _command(f"DROP DATABASE {name} WITH (FORCE)")


def _command(statement: str) -> None:
    with psycopg.connect(CLUSTER, autocommit=True) as cluster:
        # Any: psycopg wants literals, and a database cannot be named by a parameter.
        command: Any = statement
        cluster.execute(command)
