"""The sessions that can be joined now, one for each test; ``fill`` makes them."""

import json
from dataclasses import asdict, dataclass

ZONE = "Europe/Berlin"

# By name: the session type, and whether a couple comes. Each has people of its own, for nobody
# can be in two sessions at a time.
SESSIONS = {
    "video": ("video", False),
    "audio": ("audio", False),
    "chat": ("chat", False),
    "couple": ("video", True),
    "relay": ("video", False),
    "fallback": ("video", False),
    "devices": ("video", False),
    "takeover": ("video", False),
    "signalling": ("video", False),
    "reload": ("video", False),
    "link": ("video", False),
    "loss": ("audio", False),
    "pages": ("video", False),
    "bench": ("video", False),
    "bench_couple": ("video", True),
    "mail": ("video", False),
    "look": ("video", True),
    "look_audio": ("audio", False),
    "look_chat": ("chat", False),
    "keys": ("video", False),
    "retry": ("video", False),
    "slow": ("video", False),
    "silent": ("video", False),
    "elsewhere": ("chat", False),
    "alone": ("video", False),
    "hours": ("chat", False),
    "screen": ("video", False),
    "floating": ("video", False),
    "firefox_owner": ("video", False),
    "firefox_provider": ("video", False),
}


@dataclass(frozen=True)
class Meeting:
    """A confirmed session that began some minutes ago; tokens by role, each signs in once."""

    code: str
    room: str
    tokens: dict[str, list[str]]
    addresses: dict[str, str]


def to_json(meetings: dict[str, Meeting]) -> str:
    """For the process that asked for the filling."""
    return json.dumps({name: asdict(meeting) for name, meeting in meetings.items()})


def from_json(text: str) -> dict[str, Meeting]:
    """Read what ``to_json`` wrote."""
    return {name: Meeting(**fields) for name, fields in json.loads(text).items()}
