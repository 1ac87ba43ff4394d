"""The frames of the live protocol (docs/protocol/live.md) as data, and the reading of one.

``FROM_PAGE`` and ``FROM_SERVER`` name each frame's fields; the page's half is in
``static/js/live/protocol.js``, and a test holds both to the document.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from alcove.live.errors import Malformed, TooLarge

VERSION = 1
LARGEST_FRAME = 65_536
LONGEST_TEXT = 4_000
LONGEST_CANDIDATE = 2_000
MOST_COUNT = 2**53

ROLES = ("provider", "owner", "partner")
LEVELS = ("chat", "audio", "video")

Frame = dict[str, Any]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


def _is_int(value: Any) -> bool:
    # JSON's true is an int to Python.
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_int(value) and 0 <= value <= MOST_COUNT


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in values


def _is_description(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"type", "sdp"}
        and value["type"] in ("offer", "answer")
        and isinstance(value["sdp"], str)
    )


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_CANDIDATE


def _is_candidate(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict)
        and value.keys() == {"candidate", "sdpMid", "sdpMLineIndex", "usernameFragment"}
        and _is_short(value["candidate"])
        and (value["sdpMid"] is None or _is_short(value["sdpMid"]))
        and (value["sdpMLineIndex"] is None or _is_count(value["sdpMLineIndex"]))
        and (value["usernameFragment"] is None or _is_short(value["usernameFragment"]))
    )


KINDS: dict[str, Callable[[Any], bool]] = {
    "int": _is_int,
    "count": _is_count,
    "flag": _is_flag,
    "token": _is_token,
    "role": _is_one_of(*ROLES),
    "level": _is_one_of(*LEVELS),
    "text": _is_text,
    "path": _is_one_of("connected", "disconnected", "failed"),
    "problem": _is_one_of("sound", "picture", "connection", "other"),
    "description": _is_description,
    "candidate": _is_candidate,
}

# Fields and their kinds, by the frame's type.
FROM_PAGE: dict[str, dict[str, str]] = {
    "hello": {"version": "int", "epoch": "token", "device": "token", "last_message": "count"},
    "join": {"take_over": "flag"},
    "admit": {"role": "role"},
    "description": {"to": "role", "to_epoch": "token", "description": "description"},
    "candidate": {"to": "role", "to_epoch": "token", "candidate": "candidate"},
    "media": {"audio": "flag", "video": "flag", "screen": "flag"},
    "level": {"level": "level"},
    "path": {"to": "role", "state": "path"},
    "chat": {"id": "token", "text": "text"},
    "problem": {"kind": "problem", "words": "text"},
    "ice": {},
    "ping": {},
    "leave": {},
}

FROM_SERVER: dict[str, tuple[str, ...]] = {
    "welcome": (
        "version",
        "you",
        "lets_in",
        "elsewhere",
        "session",
        "people",
        "messages",
        "ice",
    ),
    "person": ("person",),
    "description": ("from", "from_epoch", "to_epoch", "description"),
    "candidate": ("from", "from_epoch", "to_epoch", "candidate"),
    "level": ("level", "by"),
    "message": ("message",),
    "ice": ("ice",),
    "noted": ("kind",),
    "session": ("session",),
    "error": ("code", "message", "re", "fatal"),
    "pong": ("now",),
}


def read(text: str | None) -> Frame:
    """One frame of a page, every field of its kind; else Malformed or TooLarge."""
    if text is None:
        raise Malformed
    if len(text) > LARGEST_FRAME or len(text.encode(errors="replace")) > LARGEST_FRAME:
        raise TooLarge
    try:
        frame = json.loads(text)
        # Half a surrogate pair is no text: no database and no socket can carry it.
        json.dumps(frame, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise Malformed
    fields = FROM_PAGE.get(frame["type"])
    if fields is None:
        raise Malformed
    if frame.keys() != {"type", *fields}:
        raise Malformed(re=frame["type"])
    if not all(KINDS[kind](frame[name]) for name, kind in fields.items()):
        raise Malformed(re=frame["type"])
    return frame


def frame(type_: str, **fields: Any) -> Frame:
    """A frame of the server; its fields are exactly those of the document."""
    if set(fields) != set(FROM_SERVER[type_]):
        raise ValueError(f"a {type_} frame has {FROM_SERVER[type_]}, not {tuple(fields)}")
    return {"type": type_, **fields}
