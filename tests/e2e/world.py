"""Who is in the world of the journeys; ``fill`` makes them."""

import dataclasses
import json
from dataclasses import dataclass

ZONE = "Europe/Berlin"
CREDITS = 3

# Each has a room with each of the two providers, and no session yet.
BOOKERS = {
    "narrow": "Nora Narrow",
    "wide": "Wanda Wide",
    "keyboard": "Kay Keyboard",
    "double": "Dora Double",
    "back": "Bea Back",
    "tabs": "Tilda Tabs",
    "plain": "Juno Plain",
}


# Rings the provider who is available now, and nobody else does.
RINGER = "Rita Ringer"
RINGABLE = "Rosa Ringable"


@dataclass(frozen=True)
class World:
    """By name: one-time sign-in tokens of people; codes of rooms, sessions, holds and exchanges."""

    tokens: dict[str, list[str]]
    rooms: dict[str, str]
    sessions: dict[str, str]
    holds: dict[str, str]
    exchanges: dict[str, str]

    def to_json(self) -> str:
        """For the process that asked for the filling."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "World":
        """Read what ``to_json`` wrote."""
        return cls(**json.loads(text))
