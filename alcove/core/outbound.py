"""Requests to addresses that somebody else named: only to public hosts, only over TLS.

Whoever may name an address must not reach with it what only this machine can reach. So the name
is resolved once, what it resolves to is judged, and the connection goes to exactly that: a name
that answers differently the next time (DNS rebinding) gains nothing. Certificate, SNI and Host are
the name's all the same. No redirect is followed, no proxy of the environment is used.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

LONGEST_ADDRESS = 2000
CONNECT_SECONDS = 5.0
# From the first byte of the handshake to the last of the answer, however slowly they drip.
WHOLE_SECONDS = 15.0

# RFC 6890 and its successors. Python's own ``is_global`` has changed its mind between releases.
_NOT_PUBLIC_V4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
# Everything outside of global unicast is refused, mapped (::ffff:0:0/96) and translated
# (64:ff9b::/96) IPv4 with it; so are, inside of it, protocols and tunnels that hold IPv4 addresses.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = [
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]


class Refused(Exception):
    """The address is not one that we ask, today or tomorrow; says why without naming it."""


class Unreachable(Exception):
    """Nobody answered in time, or not by the rules; may be mended later. Says how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``body`` holds its first bytes, ``is_whole`` tells whether these are all."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool


def require_public_address(address: str) -> SplitResult:
    """The address in its parts; Refused for what could never be asked. Asks no name server."""
    if len(address) > LONGEST_ADDRESS or re.search(r"[^\x21-\x7e]|\\", address):
        raise Refused("it is too long, or holds characters that an address cannot hold")
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise Refused("it is not an address") from error
    if parts.scheme != "https" or not host or port == 0:
        raise Refused("it is not a whole https address")
    if "@" in parts.netloc:
        raise Refused("it holds a user name")
    literal = _literal(host)
    if literal is not None and not is_allowed(literal):
        raise Refused("it leads to an address that is not public")
    return parts


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether everybody on the internet could mean the same host by this address."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None or address not in _GLOBAL_V6:
        return False
    return not any(address in network for network in _NOT_PUBLIC_V6)


def is_allowed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether we connect to it: to public ones, and in tests to this very machine."""
    # A system check refuses the setting wherever the product is reached by others.
    return is_public(address) or (settings.OUTBOUND_TO_LOOPBACK and address.is_loopback)


def ask(
    method: str,
    address: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    most_bytes: int = 4096,
    seconds: float = WHOLE_SECONDS,
) -> Answer:
    """One request, one answer, whatever its status; a redirect is an answer like any other.

    Raises Refused for an address that is not public, and Unreachable when no answer came.
    """
    parts = require_public_address(address)
    host, port = str(parts.hostname), parts.port or 443
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _PinnedConnection(host, port, found=_resolve(host, port))
    # Time for each read alone would let a server that drips keep us for ever.
    watch = threading.Timer(seconds, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        response = connection.getresponse()
        content = response.read(most_bytes + 1)
        if connection.is_cut:
            raise TimeoutError  # what it said by then is not its whole answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(_kind(error, is_cut=connection.is_cut)) from error
    finally:
        watch.cancel()
        connection.close()
    return Answer(
        status=response.status,
        headers={name.lower(): value for name, value in response.getheaders()},
        body=content[:most_bytes],
        is_whole=len(content) <= most_bytes,
    )


Found = list[tuple[socket.AddressFamily, Any]]


def _resolve(host: str, port: int) -> Found:
    """The public ones of a name's addresses, with their families; Refused when there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("its name is not known") from error
    # The judged address is the one in the tuple that is connected to, not the name's.
    public: Found = [
        (family, place)
        for family, _kind, _protocol, _name, place in found
        if is_allowed(ipaddress.ip_address(place[0]))
    ]
    if not public:
        raise Refused("it leads to an address that is not public")
    return public


class _PinnedConnection(http.client.HTTPSConnection):
    """TLS to one of the addresses that were judged, in the name of the host."""

    def __init__(self, host: str, port: int, *, found: Found) -> None:
        self.context = ssl.create_default_context()
        super().__init__(host, port, timeout=CONNECT_SECONDS, context=self.context)
        self.found = found
        self.is_cut = False

    def connect(self) -> None:
        """Try the addresses in their order, the first that takes the connection is it."""
        trouble: OSError = TimeoutError()
        for family, place in self.found:
            if self.is_cut:
                break
            plain = socket.socket(family, socket.SOCK_STREAM)
            plain.settimeout(CONNECT_SECONDS)
            # Known to ``cut`` before the handshake, which too could drip.
            self.sock = self.context.wrap_socket(
                plain, server_hostname=self.host, do_handshake_on_connect=False
            )
            try:
                self.sock.connect(place)
                self.sock.do_handshake()
            except OSError as error:
                self.sock.close()
                trouble = error
            else:
                self.sock.settimeout(WHOLE_SECONDS)
                return
        raise trouble

    def cut(self) -> None:
        """End it from another thread: a read that waits returns at once."""
        self.is_cut = True
        if self.sock is not None:
            with suppress(OSError):  # it may have ended by itself
                self.sock.shutdown(socket.SHUT_RDWR)


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _kind(error: Exception, *, is_cut: bool) -> str:
    """What went wrong, in a few words without any address."""
    if is_cut or isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not good"
    if isinstance(error, OSError):
        return f"the connection failed ({type(error).__name__})"
    return f"the answer could not be read ({type(error).__name__})"
