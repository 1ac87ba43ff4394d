"""Pages of people at a session, as a test drives them: each is one socket."""

import json
from dataclasses import dataclass
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from alcove.live.protocol import Frame
from alcove.live.routing import sockets
from alcove.people.models import Person

ORIGIN = "http://127.0.0.1"
SECONDS = 5.0


def cookie_of(person: Person | None) -> str:
    """The cookie header of somebody who signed in; empty for nobody."""
    if person is None:
        return ""
    client = Client()
    client.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Socket(ApplicationCommunicator):
    """One handshake and what follows it (the ASGI specification's websocket messages)."""

    async def connect(self) -> bool:
        """Make the handshake; whether it was accepted."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout=SECONDS)
        return bool(answer["type"] == "websocket.accept")

    async def send_text(self, text: str) -> None:
        """Send one text frame, whatever is in it."""
        await self.send_input({"type": "websocket.receive", "text": text})

    async def send_bytes(self, data: bytes) -> None:
        """Send one binary frame."""
        await self.send_input({"type": "websocket.receive", "bytes": data})

    async def receive_text(self) -> str:
        """The next text frame; fails where the server closes instead."""
        sent = await self.receive_output(timeout=SECONDS)
        assert sent["type"] == "websocket.send", sent
        return str(sent["text"])

    async def disconnect(self) -> None:
        """Lose the connection, as a page that is gone."""
        await self.send_input({"type": "websocket.disconnect", "code": 1006})
        await self.wait(timeout=SECONDS)


@dataclass
class Page:
    """One load of the live page."""

    socket: Socket
    epoch: str
    device: str

    async def send(self, type_: str, **fields: Any) -> None:
        """Send one frame."""
        await self.socket.send_text(json.dumps({"type": type_, **fields}))

    async def hear(self, type_: str, **wanted: Any) -> Frame:
        """The next frame of this type with these fields; others before it are passed over."""
        while True:
            frame: Frame = json.loads(await self.socket.receive_text())
            if frame["type"] == type_ and all(frame[key] == value for key, value in wanted.items()):
                return frame

    async def hear_person(self, role: str, state: str) -> Frame:
        """The next news that somebody has come to this state."""
        while True:
            person: Frame = (await self.hear("person"))["person"]
            if (person["role"], person["state"]) == (role, state):
                return person

    async def greet(self, last_message: int = 0) -> Frame:
        """Say hello; the welcome."""
        await self.send(
            "hello", version=1, epoch=self.epoch, device=self.device, last_message=last_message
        )
        return await self.hear("welcome")

    async def come_in(self, role: str, state: str = "here", *, take_over: bool = False) -> None:
        """Say hello and join; until the page knows that it is in this state."""
        await self.greet()
        await self.send("join", take_over=take_over)
        await self.hear_person(role, state)

    async def closed_with(self) -> int:
        """The close code of a socket that the server ends."""
        while True:
            sent = await self.socket.receive_output(timeout=SECONDS)
            if sent["type"] == "websocket.close":
                return int(sent["code"])

    async def hears_nothing(self) -> bool:
        """Whether nothing more comes."""
        return bool(await self.socket.receive_nothing(timeout=0.1, interval=0.01))

    async def close(self) -> None:
        """Go away without a word."""
        await self.socket.disconnect()


def socket_to(
    code: str, cookie: str, *, origin: str = ORIGIN, path: str = "/live/{}/socket"
) -> Socket:
    """A handshake that was not made yet."""
    return Socket(
        sockets,
        {
            "type": "websocket",
            "path": path.format(code),
            "headers": [
                (b"host", b"127.0.0.1"),
                (b"origin", origin.encode()),
                (b"cookie", cookie.encode()),
            ],
            "query_string": b"",
            "subprotocols": [],
        },
    )


async def open_page(code: str, cookie: str, name: str, *, device: str = "") -> Page:
    """A page whose socket stands; ``name`` makes its epoch."""
    socket = socket_to(code, cookie)
    assert await socket.connect()
    return Page(socket, epoch=name.ljust(16, "-"), device=(device or name).ljust(16, "_"))
