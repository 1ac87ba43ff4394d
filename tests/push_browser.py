"""The browser's end of web push: its keys, and the reading of what was sealed for it.

Written from RFC 8291 and 8188 apart from the product's sealing, so that each checks the other.
"""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alcove.notifications.web_push import BrowserKeys, encode, point_of


class PushBrowser:
    """A browser that subscribed; ``keys`` is what it hands out."""

    def __init__(
        self, key: ec.EllipticCurvePrivateKey | None = None, auth: bytes | None = None
    ) -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.auth = auth or os.urandom(16)
        self.keys = BrowserKeys(encode(point_of(self.key)), encode(self.auth))

    def read(self, body: bytes) -> bytes:
        """What was sealed in the body; InvalidTag when it was for another, or was changed."""
        salt, length = body[:16], body[20]
        point, sealed = body[21 : 21 + length], body[21 + length :]
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        shared = self.key.exchange(ec.ECDH(), sender)
        both = b"WebPush: info\x00" + point_of(self.key) + point
        material = _expand(_extract(self.auth, shared), both, 32)
        secret = _extract(salt, material)
        key = _expand(secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _expand(secret, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None)
        message, mark, padding = padded.rpartition(b"\x02")
        assert mark
        assert not padding.strip(b"\x00")
        return message


def _extract(salt: bytes, material: bytes) -> bytes:
    return hmac.digest(salt, material, hashlib.sha256)


def _expand(secret: bytes, info: bytes, length: int) -> bytes:
    """The first block of HKDF (RFC 5869) is all that is ever needed here."""
    return hmac.digest(secret, info + b"\x01", hashlib.sha256)[:length]
