"""Good frames of every type, and any number of broken ones."""

import json
import random
import string
from collections.abc import Iterator
from itertools import count
from typing import Any

from alcove.live.errors import Malformed
from alcove.live.protocol import FROM_PAGE, Frame, read

TOKEN = "a" * 16
SAMPLES: dict[str, Any] = {
    "int": 1,
    "count": 0,
    "flag": False,
    "token": TOKEN,
    "role": "owner",
    "level": "audio",
    "text": "Hello",
    "path": "connected",
    "problem": "sound",
    "description": {"type": "answer", "sdp": "v=0"},
    "candidate": {
        "candidate": "candidate:1 1 udp 1 192.0.2.1 1 typ host",
        "sdpMid": "0",
        "sdpMLineIndex": None,
        "usernameFragment": None,
    },
}


def sample(type_: str, **changed: Any) -> Frame:
    """A good frame of this type, with fields changed."""
    fields = {name: SAMPLES[kind] for name, kind in FROM_PAGE[type_].items()}
    return {"type": type_, **fields, **changed}


def broken(seed: int) -> str:
    """A frame that was good once, with characters cut, swapped or added."""
    chance = random.Random(seed)
    text = list(json.dumps(sample(chance.choice(sorted(FROM_PAGE)))))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text))
        match chance.randrange(3):
            case 0:
                del text[at : at + chance.randint(1, 9)]
            case 1:
                text[at] = chance.choice(string.printable)
            case _:
                text.insert(at, chance.choice('{}[]",:\\\x00é'))
        if not text:
            break
    return "".join(text)


def malformed_frames() -> Iterator[str]:
    """Broken frames without end, the same in each run; those that are still good left out.

    Whatever ``read`` raises but its refusal ends the test that reads on.
    """
    for text in map(broken, count()):
        try:
            read(text)
        except Malformed:
            yield text
