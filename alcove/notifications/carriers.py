"""How a channel's messages get to people; each channel registers its carrier here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alcove.people.models import Person

if TYPE_CHECKING:
    from alcove.notifications.models import Delivery


class TemporaryTrouble(Exception):
    """What carries it is away, or says to come again; says so without any address."""


class Refused(Exception):
    """This message is not taken, now or later; says so without any address."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """What sends the messages of one channel.

    ``send`` raises TemporaryTrouble or Refused, and may be called again with a message whose
    answer was lost. ``reaches`` says whether somebody has a place where it can arrive, ``works``
    whether the practice has set this way up: until then its messages are kept for the outbox.
    """

    send: Callable[["Delivery"], None]
    reaches: Callable[[Person], bool]
    works: Callable[[], bool]


_carriers: dict[str, Carrier] = {}


def carry(channel: str, carrier: Carrier) -> None:
    """Let the carrier take this channel's messages."""
    _carriers[channel] = carrier


def carrier_of(channel: str) -> Carrier | None:
    """The carrier of a channel; None where nobody takes it."""
    return _carriers.get(channel)
