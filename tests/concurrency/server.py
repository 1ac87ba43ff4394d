"""A real server in a process of its own, which can be killed at any moment."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx

from tests.concurrency.databases import Database

START_SECONDS = 60


@dataclass
class Server:
    """A running server; its answers go to ``address``, what it complains of to its log."""

    database: Database
    address: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it without warning, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=15)
        self.kill()

    def errors(self) -> list[str]:
        """The lines of the log that say that something went wrong."""
        log = (self.database.folder / "server.log").read_text()
        return [line for line in log.splitlines() if " ERROR " in line]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(database: Database, *, without: Sequence[str] = (), port: int = 0) -> Iterator[Server]:
    """Serve this database; ``without`` names the guards to take away (see ``unguarded``)."""
    port = port or free_port()
    program = ["tests.concurrency.unguarded", *without] if without else ["alcove.cli", "serve"]
    with (database.folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *program],
            env=database.environment() | {"PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(database, f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        server.stop()


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{server.address}/healthz", trust_env=False).status_code == 200:
                return
        time.sleep(0.05)
    log = (server.database.folder / "server.log").read_text()
    raise RuntimeError(f"the server did not start:\n{log}")
