"""`alcove serve`: one web process on HOST and PORT, with the jobs inside unless ALCOVE_JOBS=0."""

import argparse
import os
import socket

import uvicorn
from django.conf import settings
from django.core import checks

from alcove.commands.console import refuse, say
from alcove.commands.setup import is_set_up
from alcove.commands.setup_link import set_up_lines

# Requests in flight get this long when the process is told to stop.
GRACEFUL_SECONDS = 10
BACKLOG = 2048
# Above the live protocol's own limit, which answers with a reason; beyond this the library closes.
LARGEST_SOCKET_MESSAGE = 262_144


def run(options: argparse.Namespace) -> int:
    """Serve until stopped; 1 when settings are unsafe, tables are missing or the port is taken."""
    if not is_set_up():
        return refuse("the database is not set up; run `alcove setup` first.")
    waiting = set_up_lines()
    address = f"Alcove answers at {settings.BASE_URL}"
    return serve("\n".join([address, *waiting]) if waiting else None)


def serve(announcement: str | None = None) -> int:
    """Check the settings, take the port, say so, and answer until SIGTERM or SIGINT."""
    found = [message for message in checks.run_checks() if message.level >= checks.ERROR]
    if found:
        return refuse("\n".join(["these settings must be mended first:", *map(str, found)]))
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    try:
        listener = listen(host, port)
    except OSError as error:
        return refuse(
            f"cannot listen on {host} port {port}: {error.strerror}.\n"
            f"Choose another port with PORT={port + 1} make run, or alcove serve --port {port + 1}."
        )
    say(announcement or f"Alcove answers at {settings.BASE_URL}")
    server = uvicorn.Server(
        uvicorn.Config(
            "alcove.asgi:application",
            lifespan="on",
            log_level="warning",
            access_log=False,
            server_header=False,
            ws_max_size=LARGEST_SOCKET_MESSAGE,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )
    )
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else 1


def listen(host: str, port: int) -> socket.socket:
    """Take the port at once, so that the address that is printed next already accepts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
