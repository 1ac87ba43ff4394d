"""A Redis for one test: Debian's own, on loopback, with nothing written to disk.

python -m tests.redis --find   prints where the binary is, or fails
"""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

START_SECONDS = 10


class RedisMissing(RuntimeError):
    """No Redis is installed."""


def find_redis() -> str:
    """The path of the server; raises RedisMissing when there is none."""
    if path := shutil.which("redis-server"):
        return path
    raise RedisMissing("Redis is not installed")


@contextmanager
def redis_server() -> Iterator[str]:
    """Run one and give its address as REDIS_URL; it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [find_redis(), "--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    process = subprocess.Popen(
        [*words, "--appendonly", "no"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def main(words: Sequence[str]) -> int:
    """The command line; see the top of this module."""
    if list(words) != ["--find"]:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(find_redis())
    except RedisMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
