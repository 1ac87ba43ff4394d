"""Who is in the world of the races; ``fill`` makes them."""

import dataclasses
import json
from dataclasses import dataclass

CLIENTS = 50
CREDITS = 100
COUPLES = 11
# Rooms whose plan is bought.
PLANS = 3

# The terms of both providers.
STEP_MINUTES = 15
LENGTH_MINUTES = 45
REST_BEFORE_MINUTES = 5
REST_AFTER_MINUTES = 10
HORIZON_DAYS = 90
# Each night from midnight; the first three days are open all day.
NIGHT_MINUTES = 6 * 60


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in: ``session`` is their cookie, ``rooms`` the codes of theirs."""

    name: str
    session: str
    rooms: list[str]


@dataclass(frozen=True)
class Invited:
    """Somebody whom an owner has invited into a couples room with the provider.

    ``owner`` has this room as their second; ``link`` is where the invitation is answered.
    """

    partner: Visitor
    owner: Visitor
    link: str


@dataclass(frozen=True)
class World:
    """Each client has a room with the provider, then one with the second provider.

    ``couples`` are the owners among them, each with an invitation that waits. ``poor`` has a
    single credit in the first of those and two in the second. ``buyer`` has none: one room whose
    plan sells them, and ``PLANS`` rooms with the second provider that have no plan. ``reason`` is
    one to cancel for.
    """

    clients: list[Visitor]
    poor: Visitor
    buyer: Visitor
    provider: Visitor
    second_provider: Visitor
    reason: int
    couples: list[Invited]

    def to_json(self) -> str:
        """For the process that asked for the filling."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "World":
        """Read what ``to_json`` wrote."""
        data = json.loads(text)
        return cls(
            clients=[Visitor(**client) for client in data["clients"]],
            poor=Visitor(**data["poor"]),
            buyer=Visitor(**data["buyer"]),
            provider=Visitor(**data["provider"]),
            second_provider=Visitor(**data["second_provider"]),
            reason=data["reason"],
            couples=[
                Invited(Visitor(**one["partner"]), Visitor(**one["owner"]), one["link"])
                for one in data["couples"]
            ],
        )
