"""A bad line: carries UDP between many and one address and drops packets at random.

In front of coturn it makes a lossy network for browsers that are told to use that relay only, on a
machine whose kernel cannot lose packets by itself.
"""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from tests.background import in_background

Address = tuple[str, int]


@dataclass
class LossyRelay:
    """A line that stands; ``loss`` may be changed while it is in use."""

    address: str
    port: int
    loss: float
    carried: int = 0
    dropped: int = 0
    _chance: random.Random = field(default_factory=random.Random)

    @property
    def url(self) -> str:
        """The address for TURN_URLS: the relay behind this line."""
        return f"turn:{self.address}:{self.port}?transport=udp"

    def passes(self) -> bool:
        """Decide on one packet."""
        if self._chance.random() < self.loss:
            self.dropped += 1
            return False
        self.carried += 1
        return True


class _FromFar(asyncio.DatagramProtocol):
    """What the far side sends to one sender of the near side."""

    def __init__(self, line: LossyRelay, near: asyncio.DatagramTransport, sender: Address) -> None:
        self._line, self._near, self._sender = line, near, sender

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self._line.passes():
            self._near.sendto(data, self._sender)


class _FromNear(asyncio.DatagramProtocol):
    """What the near side sends; each sender gets a port of its own towards the far side."""

    def __init__(self, line: LossyRelay, far: Address) -> None:
        self._line, self._far = line, far
        self._ways: dict[Address, asyncio.DatagramTransport] = {}
        self._waiting: dict[Address, list[bytes]] = {}
        self._openings: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast: asyncio's own class does not derive from the one that it documents.
        self._near = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if not self._line.passes():
            return
        if way := self._ways.get(addr):
            way.sendto(data)
            return
        if addr in self._waiting:
            self._waiting[addr].append(data)
            return
        self._waiting[addr] = [data]
        opening = asyncio.get_running_loop().create_task(self._open_way(addr))
        self._openings.add(opening)
        opening.add_done_callback(self._openings.discard)

    def close(self) -> None:
        """Close every way."""
        for transport in (self._near, *self._ways.values()):
            transport.close()

    async def _open_way(self, sender: Address) -> None:
        way, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _FromFar(self._line, self._near, sender), remote_addr=self._far
        )
        self._ways[sender] = way
        for data in self._waiting.pop(sender):
            way.sendto(data)


@contextmanager
def lossy_relay(
    to: Address, *, loss: float, seed: int = 1, address: str = "127.0.0.1"
) -> Iterator[LossyRelay]:
    """Carry UDP from a free port of ``address`` to ``to``; each way loses this part of its packets.

    The seed fixes the row of chances; which packet meets which chance is up to the network.
    """
    with in_background() as background:
        line = LossyRelay(address, 0, loss, _chance=random.Random(seed))
        near = background.run(_open(line, to))
        try:
            yield line
        finally:
            background.run(_close(near))


async def _open(line: LossyRelay, to: Address) -> _FromNear:
    transport, near = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _FromNear(line, to), local_addr=(line.address, 0)
    )
    line.port = int(transport.get_extra_info("sockname")[1])
    return near


async def _close(near: _FromNear) -> None:
    near.close()
