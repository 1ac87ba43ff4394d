"""The tests' own database server: it comes when called, and it goes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.postgres import PostgresMissing, find_binaries, postgres_server

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def needs_postgresql() -> None:
    try:
        find_binaries()
    except PostgresMissing as missing:
        pytest.skip(str(missing))


def test_server_answers_and_leaves_nothing_behind() -> None:
    with postgres_server() as url, psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        data = Path(row[0])

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert not data.parent.exists()


def test_command_that_is_terminated_takes_the_server_with_it() -> None:
    tell = "import os, time; print(os.environ['DATABASE_URL'], flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", "--", sys.executable, "-c", tell],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        psycopg.connect(url).close()

        os.kill(process.pid, signal.SIGTERM)

        assert process.wait(timeout=20) == 128 + signal.SIGTERM
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
