"""A server of its own for one measurement, and a client that costs little beside it."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

CSRF = "b" * 32


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running server with its seeded facts."""

    port: int
    facts: dict[str, Any]
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def memory_mb(self) -> float:
        """Resident memory of the first process, in MB."""
        status = Path(f"/proc/{self.processes[0].pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


class Browser:
    """One signed-in connection that is kept open."""

    def __init__(self, port: int, session: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Accept-Encoding": "br, gzip",
        }

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body, as sent."""
        self._connection.request("GET", path, headers=self._headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Status and the address to go on to."""
        headers = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", path, urlencode(fields), headers)
        response = self._connection.getresponse()
        response.read()
        return response.status, response.headers.get("Location", "")


@contextmanager
def running(scenario: str, *, database_url: str = "", workers: int = 1) -> Iterator[Site]:
    """Seed a fresh database and serve it: embedded, or several processes and a job worker."""
    var = tempfile.mkdtemp(prefix="alcove-bench-")
    port = free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "ALCOVE_VAR": var,
        "PORT": str(port),
        "POSTS_PER_MINUTE": "1000000",
        **({"DATABASE_URL": database_url, "ALCOVE_JOBS": "0"} if database_url else {}),
    }
    site = Site(port, {})
    try:
        seeded = subprocess.run(
            [sys.executable, "-m", "bench.seed", scenario],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
        site.facts = json.loads(seeded.stdout)
        _run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], environment)
        serve = [sys.executable, "-m", "uvicorn", "alcove.asgi:application", "--log-level=warning"]
        serve += ["--port", str(port), "--no-access-log", "--workers", str(workers)]
        site.processes.append(subprocess.Popen(serve, env=environment))
        if database_url:
            worker = [sys.executable, "-m", "alcove.cli", "worker"]
            site.processes.append(subprocess.Popen(worker, env=environment))
        _wait_for(port)
        yield site
    finally:
        for process in site.processes:
            process.terminate()
        for process in site.processes:
            process.wait(timeout=20)
        shutil.rmtree(var, ignore_errors=True)


def _run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, check=True)


def _wait_for(port: int) -> None:
    """Return when the server answers; TimeoutError after half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError
