"""Sealing and signing, held against the examples of the standards and against changes on the way."""

import datetime as dt
import json
import re

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from alcove.notifications.web_push import (
    CURVE,
    MOST_BYTES,
    BrowserKeys,
    decode,
    encode,
    new_private_key,
    private_key,
    seal,
    vapid_header,
)
from tests.cast import NOW
from tests.push_browser import PushBrowser

ENDPOINT = "https://push.example.org:8443/send/abc"

# RFC 8291, section 5 and appendix A.
RFC_MESSAGE = b"When I grow up, I want to be a watermelon"
RFC_BROWSER_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RFC_BROWSER_POINT = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
RFC_AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
RFC_SENDER_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RFC_SALT = "DGv6ra1nlYgDCS1FRnbzlw"
RFC_BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy"
    "4a-fN"
)


def test_message_is_sealed_as_in_the_standards_example() -> None:
    body = seal(
        RFC_MESSAGE,
        BrowserKeys(RFC_BROWSER_POINT, RFC_AUTH),
        own_key=private_key(RFC_SENDER_KEY),
        salt=decode(RFC_SALT),
    )

    assert encode(body) == RFC_BODY


def test_browser_reads_the_standards_example() -> None:
    browser = PushBrowser(private_key(RFC_BROWSER_KEY), decode(RFC_AUTH))

    assert browser.read(decode(RFC_BODY)) == RFC_MESSAGE


@given(st.binary(max_size=200))
def test_browser_reads_what_was_sealed_for_it(message: bytes) -> None:
    browser = PushBrowser()

    assert browser.read(seal(message, browser.keys)) == message


def test_same_message_is_never_sealed_the_same_way() -> None:
    keys = PushBrowser().keys

    assert seal(b"news", keys) != seal(b"news", keys)


def test_sealed_message_opens_for_nobody_else_and_not_when_changed() -> None:
    browser = PushBrowser()
    body = seal(b"news", browser.keys)

    with pytest.raises(InvalidTag):
        PushBrowser().read(body)
    with pytest.raises(InvalidTag):
        PushBrowser(browser.key, bytes(16)).read(body)
    with pytest.raises(InvalidTag):
        browser.read(body[:-1] + bytes([body[-1] ^ 1]))


def test_message_fills_one_record_and_no_more() -> None:
    keys = PushBrowser().keys

    assert len(seal(b"x" * MOST_BYTES, keys)) == 4096
    with pytest.raises(ValueError, match="too long"):
        seal(b"x" * (MOST_BYTES + 1), keys)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", RFC_AUTH),
        ("not base64!", RFC_AUTH),
        (RFC_BROWSER_POINT[:-4], RFC_AUTH),
        (encode(b"\x04" + bytes(64)), RFC_AUTH),  # no point of the curve
        (RFC_BROWSER_POINT, ""),
        (RFC_BROWSER_POINT, RFC_AUTH[:-2]),
        (RFC_BROWSER_POINT, "ñ" * 22),
    ],
)
def test_keys_that_no_browser_made_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(ValueError):
        BrowserKeys(p256dh, auth)


def test_token_names_service_contact_and_end_and_is_signed_by_the_key_beside_it() -> None:
    key = private_key(new_private_key())

    header = vapid_header(ENDPOINT, key=key, contact="mailto:post@example.org", now=NOW)

    found = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+),k=([\w-]+)", header)
    assert found
    head, claims, signature, public = found.groups()
    assert json.loads(decode(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(decode(claims)) == {
        "aud": "https://push.example.org:8443",
        "exp": int((NOW + dt.timedelta(hours=12)).timestamp()),
        "sub": "mailto:post@example.org",
    }
    numbers = decode(signature)
    signed = encode_dss_signature(
        int.from_bytes(numbers[:32], "big"), int.from_bytes(numbers[32:], "big")
    )
    checker = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(public))
    checker.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        checker.verify(signed, f"{head}.{head}".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("text", ["", "short", "!" * 43, encode(bytes(31)), encode(bytes(32))])
def test_text_that_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        private_key(text)
