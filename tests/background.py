"""An event loop in a thread of its own, for what must carry packets while a test waits."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")


class Background:
    """A running loop; made by ``in_background``."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._kept: set[asyncio.Task[Any]] = set()

    def keep(self) -> None:
        """Hold the present task until it is done: the loop alone may let go of one that waits."""
        if task := asyncio.current_task():
            self._kept.add(task)
            task.add_done_callback(self._kept.discard)

    def run(self, work: Coroutine[Any, Any, Result], *, seconds: float = 10) -> Result:
        """Have the loop do this and wait for its result."""
        done: Future[Result] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(seconds)


@contextmanager
def in_background() -> Iterator[Background]:
    """Start a loop; in the end everything that still runs on it is cancelled."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="carrier", daemon=True)
    thread.start()
    try:
        yield Background(loop)
    finally:
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {task for task in [asyncio.current_task()] if task}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # What they closed on their way out closes its sockets in the loop's next round.
    for _ in range(3):
        await asyncio.sleep(0)
