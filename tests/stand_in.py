"""Somebody else's HTTPS server, for one test: it answers as told and remembers what it was asked.

It stands on loopback, with a certificate of its own authority for the names it is given; the
fixture lets the product trust that authority and reach loopback, and leads the names here.
"""

import datetime as dt
import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

NAME = "push.example.org"

HANG = "hang"  # takes the request and never answers
DROP = "drop"  # takes the request and closes the connection
DRIP = "drip"  # answers a byte at a time, and never ends


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    server_name: str | None


@dataclass
class StandIn:
    """A running server. ``answers`` are used up one a request, the last one for good."""

    port: int
    authority: Path
    answers: list[Any] = field(default_factory=lambda: [201])
    answer_headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    def address(self, path: str = "/", *, host: str = NAME) -> str:
        """An https address on this server."""
        return f"https://{host}:{self.port}{path}"

    def next_answer(self) -> Any:
        """What to do with this request."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand_in: StandIn
    names: dict[int, str | None]

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.stand_in.asked.append(
            Asked(
                method=self.command,
                path=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
                server_name=getattr(self.connection, "asked_name", None),
            )
        )
        self.close_connection = True
        answer = self.stand_in.next_answer()
        if answer == HANG:
            self.stand_in.closing.wait(30)
        elif answer == DRIP:
            self._drip()
        elif answer != DROP:
            self._answer(answer)

    do_GET = do_POST  # noqa: N815 - the name that http.server looks for

    def _answer(self, status: int) -> None:
        self.send_response(status)
        for name, value in self.stand_in.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.stand_in.content)))
        self.end_headers()
        self.wfile.write(self.stand_in.content)

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        try:
            while not self.stand_in.closing.wait(0.05):
                self.wfile.write(b".")
        except OSError:
            return  # the other side has had enough

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    stand_in: StandIn

    def get_request(self) -> tuple[Any, Any]:
        self.stand_in.connections += 1
        return super().get_request()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: half of the tests break connections on purpose."""


def make_authority(folder: Path, names: list[str]) -> tuple[Path, Path]:
    """A certificate for these names that vouches for itself; its file, and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A stand-in")])
    now = dt.datetime.now(dt.UTC)
    known: list[x509.GeneralName] = [x509.DNSName(one) for one in names]
    known.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "stand-in.pem", folder / "stand-in.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file


def start_stand_in(folder: Path, *, names: list[str] | None = None) -> tuple[StandIn, _Server]:
    """A server that runs until it is shut down."""
    certificate, key = make_authority(folder, names or [NAME])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def remember(connection: Any, name: str | None, _context: ssl.SSLContext) -> None:
        connection.asked_name = name

    context.sni_callback = remember
    handler = type("Handler", (_Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    stand_in = StandIn(port=server.server_address[1], authority=certificate)
    server.stand_in = handler.stand_in = stand_in  # type: ignore[attr-defined]
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    return stand_in, server


@pytest.fixture
def stand_in(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StandIn]:
    """A server that the product trusts, under the name ``push.example.org``."""
    settings.OUTBOUND_TO_LOOPBACK = True
    lead_names_to_loopback(monkeypatch)
    with standing_in(tmp_path) as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(found.authority))
        yield found


@contextmanager
def standing_in(folder: Path) -> Iterator[StandIn]:
    """A server that stands for as long as this lasts."""
    found, server = start_stand_in(folder)
    try:
        yield found
    finally:
        found.closing.set()
        server.shutdown()
        server.server_close()


def lead_names_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name lead to this machine."""
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        return real("127.0.0.1", port, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
