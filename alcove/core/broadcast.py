"""Speaking to the open pages of this and every other process, from code that is not asynchronous."""

import asyncio
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

_loop: asyncio.AbstractEventLoop | None = None


def bind(loop: asyncio.AbstractEventLoop | None) -> None:
    """Name the loop that holds this process's sockets; None when it ends.

    The in-process channel layer belongs to that loop: from another one its readers never wake.
    """
    global _loop  # noqa: PLW0603 - a process has one loop of sockets
    _loop = loop


def tell(group: str, message: dict[str, Any]) -> None:
    """Send a message to every page of a group, from a thread; call it after the commit.

    A process without sockets (a job worker) reaches those of others by Redis, where that is set
    up; pages that hear nothing find out with the next renewal of their presence.
    """
    layer = get_channel_layer()
    if layer is None:
        return
    loop = _loop
    if loop is None:
        async_to_sync(layer.group_send)(group, message)
    else:
        asyncio.run_coroutine_threadsafe(layer.group_send(group, message), loop)
