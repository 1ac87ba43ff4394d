"""A relay for one test run: Debian's coturn on loopback, gone afterwards.

    python -m tests.turn --find   prints where the binary is, or fails

It takes the same time-limited credentials as a real one (``use-auth-secret``), over UDP, TCP and
TLS, the last with a certificate made for the run.
"""

import datetime as dt
import ipaddress
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

START_SECONDS = 10
SECRET = "a secret that only the relay and the practice know"
REALM = "relay.example.org"


class TurnMissing(RuntimeError):
    """No coturn is installed."""


def find_turnserver() -> str:
    """The path of coturn's server; raises TurnMissing when there is none."""
    if path := shutil.which("turnserver"):
        return path
    raise TurnMissing("coturn is not installed")


@dataclass(frozen=True)
class Relay:
    """A running relay: its address, its ports for plain and for TLS connections."""

    address: str
    port: int
    tls_port: int
    log: Path

    def urls(self, *transports: str) -> str:
        """TURN_URLS for these transports ("udp", "tcp", "tls")."""
        known = {
            "udp": f"turn:{self.address}:{self.port}?transport=udp",
            "tcp": f"turn:{self.address}:{self.port}?transport=tcp",
            "tls": f"turns:{self.address}:{self.tls_port}?transport=tcp",
        }
        return ",".join(known[transport] for transport in transports)

    def settings(self, *transports: str) -> dict[str, str]:
        """The environment of a practice whose every call goes through this relay."""
        return {"TURN_URLS": self.urls(*transports), "TURN_SECRET": SECRET, "TURN_ONLY": "1"}


@contextmanager
def turn_server(folder: Path, *, address: str = "127.0.0.1") -> Iterator[Relay]:
    """Run a relay with its files in ``folder``; it ends with the block."""
    make_certificate(folder, address)
    relay = Relay(address, free_port(address), free_port(address), folder / "turn.log")
    words = [
        find_turnserver(),
        "-n",
        f"--listening-ip={address}",
        f"--relay-ip={address}",
        f"--listening-port={relay.port}",
        f"--tls-listening-port={relay.tls_port}",
        "--use-auth-secret",
        f"--static-auth-secret={SECRET}",
        f"--realm={REALM}",
        f"--cert={folder / 'cert.pem'}",
        f"--pkey={folder / 'key.pem'}",
        f"--userdb={folder / 'turn.sqlite3'}",
        f"--pidfile={folder / 'turn.pid'}",
        f"--log-file={relay.log}",
        "--simple-log",
        "--verbose",
        # The other end of every test's call is on this machine.
        "--allow-loopback-peers",
        "--no-cli",
        "--no-dtls",
    ]
    with running(relay, words, folder / "turn.out"):
        yield relay


@contextmanager
def running(relay: Relay, words: Sequence[str], out: Path) -> Iterator[None]:
    """Run this command until the block ends; inside it, the relay's ports answer."""
    with out.open("wb") as written:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=written, stderr=written)
    try:
        _wait_until_ready(relay, process, out)
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        process.kill()
        process.wait()


def _wait_until_ready(relay: Relay, process: subprocess.Popen[bytes], out: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            for port in (relay.port, relay.tls_port):
                socket.create_connection((relay.address, port), timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"coturn did not start:\n{out.read_text()[-2000:]}")


def free_port(address: str) -> int:
    """A port of this address that nobody listens on."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def make_certificate(folder: Path, address: str) -> None:
    """A certificate for the address that nobody has signed but itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, REALM)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def main(words: Sequence[str]) -> int:
    """The command line; see the top of this module."""
    if list(words) != ["--find"]:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(find_turnserver())
    except TurnMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
