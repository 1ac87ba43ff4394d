"""A relay's client as small as can be (RFC 8656 over UDP): what coturn lets a person do."""

import hashlib
import hmac
import ipaddress
import os
import socket
import struct
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

MAGIC = 0x2112A442
HEADER = struct.Struct("!HHI12s")

ALLOCATE, CREATE_PERMISSION = 0x0003, 0x0008
SUCCESS, FAILURE = 0x0100, 0x0110

USERNAME, INTEGRITY, ERROR_CODE, PEER, REALM, NONCE = 0x06, 0x08, 0x09, 0x12, 0x14, 0x15
FAMILY, TRANSPORT = 0x17, 0x19
FAMILY_BYTE = {4: b"\x01", 6: b"\x02"}
UDP = bytes([17, 0, 0, 0])

# What the relay answers; RFC 8489 section 14.8 and RFC 8656 section 18.
DONE, UNAUTHORIZED, FORBIDDEN = 0, 401, 403

PATIENCE_SECONDS = 2.0
PEER_PORT = 4000


def encoded(attributes: list[tuple[int, bytes]]) -> bytes:
    """The attributes as on the wire, each padded to four bytes."""
    return b"".join(
        struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)
        for kind, value in attributes
    )


def decoded(body: bytes) -> dict[int, bytes]:
    """The attributes of an answer, by kind."""
    found: dict[int, bytes] = {}
    while body:
        kind, length = struct.unpack_from("!HH", body)
        found[kind] = body[4 : 4 + length]
        body = body[4 + length + -length % 4 :]
    return found


@dataclass
class TurnClient:
    """A person with a credential; every act answers 0, or the code of the relay's refusal."""

    address: str
    port: int
    username: str
    password: str
    _attributes: dict[int, bytes] = field(default_factory=dict)

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.settimeout(PATIENCE_SECONDS)
        self._socket.connect((self.address, self.port))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def allocate(self, *, version: int = 4) -> int:
        """Ask for a relayed address of this version of IP."""
        wish = [(TRANSPORT, UDP), (FAMILY, FAMILY_BYTE[version] + b"\0\0\0")]
        # The first answer is always a refusal; it brings the realm and the nonce to sign with.
        self._ask(ALLOCATE, wish, os.urandom(12))
        return self._ask(ALLOCATE, wish, os.urandom(12))

    def permit(self, peer: str) -> int:
        """Ask to exchange packets with this address."""
        at = ipaddress.ip_address(peer)
        transaction = os.urandom(12)
        mask = struct.pack("!I", MAGIC) + transaction
        hidden = bytes(one ^ other for one, other in zip(at.packed, mask, strict=False))
        port = struct.pack("!H", PEER_PORT ^ MAGIC >> 16)
        value = b"\0" + FAMILY_BYTE[at.version] + port + hidden
        return self._ask(CREATE_PERMISSION, [(PEER, value)], transaction)

    def _ask(self, method: int, wish: list[tuple[int, bytes]], transaction: bytes) -> int:
        self._socket.send(self._signed(method, transaction, wish))
        answer = self._socket.recv(2048)
        kind, _, _, echoed = HEADER.unpack_from(answer)
        assert echoed == transaction
        self._attributes |= (found := decoded(answer[HEADER.size :]))
        if kind == method | SUCCESS:
            return DONE
        assert kind == method | FAILURE
        hundreds, units = found[ERROR_CODE][2:4]
        return int(hundreds * 100 + units)

    def _signed(self, method: int, transaction: bytes, wish: list[tuple[int, bytes]]) -> bytes:
        """The request; with what proves the credential, once the relay has told its realm."""
        if REALM not in self._attributes:
            body = encoded(wish)
            return HEADER.pack(method, len(body), MAGIC, transaction) + body
        realm = self._attributes[REALM]
        known = [(USERNAME, self.username.encode()), (REALM, realm)]
        body = encoded([*wish, *known, (NONCE, self._attributes[NONCE])])
        # The length that is signed counts the signature's own 24 bytes.
        signed = HEADER.pack(method, len(body) + 24, MAGIC, transaction) + body
        words = f"{self.username}:{realm.decode()}:{self.password}"
        key = hashlib.md5(words.encode(), usedforsecurity=False).digest()
        return signed + encoded([(INTEGRITY, hmac.new(key, signed, hashlib.sha1).digest())])
