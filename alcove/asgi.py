"""The one entry of a web process.

HTTP goes through Django's WSGI handler in a thread pool (three times the requests of Django's
own ASGI handler, and database connections persist safely); sockets go to the live room's consumers;
the lifespan starts the job thread of the embedded shape.
"""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django
from a2wsgi import WSGIMiddleware
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
django.setup()

from alcove.core import broadcast, jobs  # noqa: E402 - its models need the set-up above
from alcove.live.routing import sockets  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HTTP_THREADS = int(os.environ.get("HTTP_THREADS", "8"))
RUNS_JOBS = os.environ.get("ALCOVE_JOBS", "1") == "1"

# Any: Django types its WSGI handler by its own response class.
_wsgi: Any = WSGIHandler()
_http: Any = WSGIMiddleware(_wsgi, workers=HTTP_THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Send each kind of connection to its part."""
    if scope["type"] == "http":
        await _http(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await sockets(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    """Run the job thread from start to shutdown; give the job at hand time to end."""
    broadcast.bind(asyncio.get_running_loop())
    stop = threading.Event()
    thread = threading.Thread(target=jobs.run_forever, args=(stop,), name="jobs", daemon=True)
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            if RUNS_JOBS:
                thread.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            stop.set()
            jobs.wake()
            if thread.is_alive():
                await asyncio.to_thread(thread.join, 10)
            await send({"type": "lifespan.shutdown.complete"})
            return
