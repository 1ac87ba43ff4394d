"""A PostgreSQL server for one test run: started from the system's own binaries, gone afterwards.

    python -m tests.postgres -- COMMAND…   runs COMMAND with DATABASE_URL set to it
    python -m tests.postgres --find        prints where the binaries are, or fails

PostgreSQL refuses to run as root, so root starts it as the user ``postgres``. Nothing of it is
safe against a crash (fsync is off), and nothing of it outlives the run.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

OLDEST = 15
START_SECONDS = 30

SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class PostgresMissing(RuntimeError):
    """No PostgreSQL of a supported version is installed."""


def find_binaries() -> Path:
    """The folder with ``initdb`` and ``postgres``: the newest of Debian's, or the one on the PATH.

    Raises PostgresMissing when there is none of version 15 or newer.
    """
    debian = [
        path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
        if path.parent.parent.name.isdecimal() and int(path.parent.parent.name) >= OLDEST
    ]
    if debian:
        return max(debian, key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("postgres")
    if on_path and _version(on_path) >= OLDEST and shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise PostgresMissing(f"PostgreSQL {OLDEST} or newer is not installed")


def _version(postgres: str) -> int:
    answer = subprocess.run([postgres, "--version"], check=True, capture_output=True, text=True)
    return int(answer.stdout.split()[2].split(".")[0])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _owner() -> str | None:
    """The user to run the server as, when that is not the caller."""
    return "postgres" if os.geteuid() == 0 else None


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server and yield its DATABASE_URL; stop and remove it on the way out."""
    binaries = find_binaries()
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="alcove-postgres-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        if owner:
            account = pwd.getpwnam(owner)
            os.chown(folder, account.pw_uid, account.pw_gid)
        data, port = folder / "data", _free_port()
        subprocess.run(
            [
                *(binaries / "initdb", "--pgdata", data, "--username", "alcove"),
                *("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
            cwd=folder,
        )
        settings = SERVER_SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [
                    *(binaries / "postgres", "-D", data),
                    *(word for key, value in settings.items() for word in ("-c", f"{key}={value}")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=owner,
                group=owner,
                extra_groups=[] if owner else None,
                cwd=folder,
                # A Ctrl-C in the terminal is for the tests; the server is stopped by us, last.
                start_new_session=True,
            )
        _wait_until_ready(server, binaries, port, folder / "log")
        yield f"postgresql://alcove@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(
    server: subprocess.Popen[bytes], binaries: Path, port: int, log: Path
) -> None:
    ready: list[str | Path] = [
        binaries / "pg_isready",
        "--quiet",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        if subprocess.run(ready, check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown (SIGINT) drops the clients; what then still lives is killed."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _leave(number: int, _frame: FrameType | None) -> None:
    # As an exception, so that every ``finally`` on the way out runs.
    raise SystemExit(128 + number)


def run_with_server(command: Sequence[str]) -> int:
    """Run ``command`` with DATABASE_URL naming a fresh server; return its exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _leave)
    with postgres_server() as url:
        child = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                with suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=10)
                child.kill()


def main(words: Sequence[str]) -> int:
    """The command line; see the top of this module."""
    try:
        if list(words) == ["--find"]:
            print(find_binaries())
            return 0
        if len(words) > 1 and words[0] == "--":
            return run_with_server(words[1:])
    except PostgresMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
