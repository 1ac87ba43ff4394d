"""Two people of one session at two web processes: they hear of each other by Redis."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.concurrency.server import Server, serving
from tests.live.conftest import Original
from tests.live.world import Meeting
from tests.redis import RedisMissing, find_redis, redis_server

pytestmark = pytest.mark.race


def cookies(server: Server, token: str) -> str:
    """The cookies of somebody who came in by a one-time link."""
    with httpx.Client(base_url=server.address, trust_env=False) as client:
        page = client.get(f"/you/enter/{token}/")
        found = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.text)
        assert found
        client.post(
            f"/you/enter/{token}/",
            data={"csrfmiddlewaretoken": found[1]},
            headers={"Origin": server.address},
        )
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


@contextmanager
def page_at(server: Server, meeting: Meeting, role: str) -> Iterator[ClientConnection]:
    """A page of this role, its socket at this server, that has joined."""
    address = urlsplit(server.address)
    with connect(
        f"ws://{address.netloc}/live/{meeting.code}/socket",
        origin=Origin(server.address),
        additional_headers={"Cookie": cookies(server, meeting.tokens[role][0])},
        proxy=None,
    ) as socket:
        mark = role.ljust(16, "-")
        send(socket, "hello", version=1, epoch=mark, device=mark, last_message=0)
        send(socket, "join", take_over=False)
        yield socket


def send(socket: ClientConnection, type_: str, **fields: Any) -> None:
    """Send one frame."""
    socket.send(json.dumps({"type": type_, **fields}))


def hear(socket: ClientConnection, type_: str) -> dict[str, Any]:
    """The next frame of this type."""
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(timeout=15))
        if frame["type"] == type_:
            return frame


def hear_person(socket: ClientConnection, role: str, state: str) -> None:
    """Wait until somebody has come to this state."""
    while True:
        person = hear(socket, "person")["person"]
        if (person["role"], person["state"]) == (role, state):
            return


def test_frames_pass_between_two_servers(original: Original, tmp_path: Path) -> None:
    try:
        find_redis()
    except RedisMissing as missing:
        pytest.skip(str(missing))
    with redis_server() as url, original.copy(tmp_path, REDIS_URL=url) as database:
        meeting = original.meetings["video"]
        with (
            serving(database) as one,
            serving(database) as other,
            page_at(one, meeting, "provider") as provider,
            page_at(other, meeting, "owner") as client,
        ):
            hear_person(provider, "owner", "waiting")
            send(provider, "admit", role="owner")
            hear_person(client, "owner", "here")

            send(client, "chat", id="c" * 16, text="Over two servers")
            send(client, "candidate", to="provider", to_epoch="provider--------", candidate=None)

            assert hear(provider, "message")["message"]["text"] == "Over two servers"
            assert hear(provider, "candidate")["from"] == "owner"
