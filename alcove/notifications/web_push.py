"""Web push as bytes and headers: pure functions, nothing is sent from here.

A message is sealed for one browser (RFC 8291, in the coding aes128gcm of RFC 8188), and the push
service that carries it learns from a signed token who sends (VAPID, RFC 8292).
"""

import base64
import binascii
import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE = ec.SECP256R1()
POINT_BYTES = 65  # uncompressed: 4, x, y
SECRET_BYTES = 16
# One record holds everything: 4096 is what every push service takes (RFC 8030 section 7.2).
RECORD_BYTES = 4096
LAST_RECORD = b"\x02"
# The header (salt, record size, length and key) and the tag of the record leave this much.
MOST_BYTES = RECORD_BYTES - (16 + 4 + 1 + POINT_BYTES) - 16 - len(LAST_RECORD)
# Push services refuse tokens of more than 24 hours (RFC 8292 section 2).
TOKEN_LASTS = dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class BrowserKeys:
    """What a browser's subscription gives: its public key, and a secret that the two share."""

    p256dh: str
    auth: str

    def __post_init__(self) -> None:
        """Raise ValueError for keys that no browser can have made."""
        if len(decode(self.auth)) != SECRET_BYTES:
            raise ValueError("auth is not 16 bytes")
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(self.p256dh))


def seal(
    message: bytes,
    keys: BrowserKeys,
    *,
    own_key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push message that only this browser can open.

    Key and salt are made anew for each message unless given, which is for the RFC's example.
    Raises ValueError for a message that would not fit into one record.
    """
    if len(message) > MOST_BYTES:
        raise ValueError("too long for a push message")
    own_key = own_key or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(16)
    browser_point, own_point = decode(keys.p256dh), point_of(own_key)
    browser_key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser_point)
    shared = own_key.exchange(ec.ECDH(), browser_key)
    key, nonce = _key_and_nonce(shared, decode(keys.auth), salt, browser_point, own_point)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(own_point)]) + own_point
    return header + AESGCM(key).encrypt(nonce, message + LAST_RECORD, None)


def _key_and_nonce(
    shared: bytes, auth: bytes, salt: bytes, browser_point: bytes, own_point: bytes
) -> tuple[bytes, bytes]:
    """RFC 8291 section 3.4, whose labels end in a zero byte."""
    material = _derive(shared, auth, b"WebPush: info\x00" + browser_point + own_point, 32)
    return (
        _derive(material, salt, b"Content-Encoding: aes128gcm\x00", 16),
        _derive(material, salt, b"Content-Encoding: nonce\x00", 12),
    )


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)


def vapid_header(
    endpoint: str, *, key: ec.EllipticCurvePrivateKey, contact: str, now: dt.datetime
) -> str:
    """The Authorization of a request to this endpoint: a signed token, and the key to check it by.

    ``contact`` is a mailto: or https: address of whoever runs the practice.
    """
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + TOKEN_LASTS).timestamp()),
        "sub": contact,
    }
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    # JOSE wants the two numbers side by side (RFC 7518 section 3.4), not in DER.
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    # No space after the comma: the standard allows one, not every service reads it.
    return f"vapid t={signed}.{signature},k={encode(point_of(key))}"


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The key from its 32 bytes in base64url, as key makers print it; ValueError for others."""
    number = decode(text)
    if len(number) != 32:
        raise ValueError("not 32 bytes")
    return ec.derive_private_key(int.from_bytes(number, "big"), CURVE)


def new_private_key() -> str:
    """A fresh key in that form."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return encode(number.to_bytes(32, "big"))


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half as an uncompressed point, which is what browsers are told."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes of base64url, padded or not; ValueError for anything else."""
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error


def _json(value: Mapping[str, object]) -> str:
    return encode(json.dumps(value, separators=(",", ":")).encode())
