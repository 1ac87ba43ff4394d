"""The server's end of the live protocol (docs/protocol/live.md): one consumer for each socket.

It reads a frame, lets ``handling`` do what it asks, and passes on what the others are to hear,
through the session's channel group. It keeps no state that another process could need.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation

from alcove.core import clock
from alcove.core.errors import DomainError
from alcove.live import handling
from alcove.live.access import Entry
from alcove.live.actions.note import note_media, note_path
from alcove.live.errors import (
    CLOSE_CODES,
    Flood,
    Malformed,
    NotHere,
    OtherVersion,
    Replaced,
    TooManyMalformed,
)
from alcove.live.flow import Allowance
from alcove.live.handling import Place, Standing
from alcove.live.protocol import VERSION, Frame, frame, read
from alcove.people.sockets import is_own_origin, session_key

FRAMES_AT_ONCE = 240
FRAMES_PER_SECOND = 30
MOST_MALFORMED = 20
HELLO_SECONDS = 10.0
# A page renews every 10 s; one that does not is looked at by the server itself.
SILENCE_SECONDS = 30.0

Handler = Callable[["LiveConsumer", Frame], Awaitable[None]]


class LiveConsumer(AsyncWebsocketConsumer):
    """One page's socket at one session."""

    place: Place | None = None
    entry: Entry | None = None
    is_joined = False
    is_here = False
    has_ended = False
    _malformed = 0
    _renewed = 0.0

    async def connect(self) -> None:
        """Take every handshake of our own pages: a refusal with a reason comes as a frame."""
        self._allowance = Allowance(
            at_once=FRAMES_AT_ONCE, per_second=FRAMES_PER_SECOND, clock=time.monotonic()
        )
        if not is_own_origin(self.scope):
            await self.close()
            return
        await self.accept()
        self._patience = asyncio.create_task(self._expect_hello())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one frame; what is wrong with it is answered and harms nobody else."""
        if self.has_ended:
            return
        if not self._allowance.take(time.monotonic()):
            await self._refuse(Flood(), None)
            return
        try:
            found = read(text_data)
        except Malformed as error:
            await self._refuse_malformed(error)
        except DomainError as error:
            await self._refuse(error, None)
        else:
            await self._handle(found)

    async def _handle(self, found: Frame) -> None:
        re = found["id"] if found["type"] == "chat" else found["type"]
        if self.entry is None and found["type"] != "hello":
            await self._refuse_malformed(Malformed(re=re))
            return
        try:
            await HANDLERS[found["type"]](self, found)
        except DomainError as error:
            await self._refuse(error, re)

    async def _refuse_malformed(self, error: Malformed) -> None:
        self._malformed += 1
        await self._refuse(error, error.re)
        if self._malformed >= MOST_MALFORMED:
            await self._refuse(TooManyMalformed(), None)

    async def disconnect(self, code: int) -> None:
        """Tell the others; the stay itself lasts until its time to live is over."""
        if hasattr(self, "_patience"):
            self._patience.cancel()
        if self.place is None or self.entry is None:
            return
        await self.channel_layer.group_discard(self.entry.group, self.channel_name)
        if self.is_joined:
            await self._announce(
                await _in_thread(handling.lose, self.entry, self.place, clock.now())
            )
        elif not self.has_ended:
            await self._announce(await _in_thread(handling.person, self.entry, self.entry.role))
            # Another tab of this person may still stand at the door.
            await self._tell({"type": "session.ask"})

    # --- Frames of the page ---------------------------------------------------------------------

    async def hello(self, found: Frame) -> None:
        """Greet the page, and ask who else stands at the door."""
        if found["version"] != VERSION:
            raise OtherVersion
        if self.place is not None:
            raise Malformed(re="hello")
        # The page has done its part; how long the database takes is no fault of it.
        self._patience.cancel()
        place = Place(
            session_key=session_key(self.scope),
            code=self.scope["url_route"]["kwargs"]["code"],
            epoch=found["epoch"],
            device=found["device"],
            socket=secrets.token_urlsafe(12),
        )
        entry = await _in_thread(handling.look, place, clock.now())
        self.place, self.entry = place, entry
        # Listening comes before reading: what happens meanwhile is heard after the welcome.
        await self.channel_layer.group_add(entry.group, self.channel_name)
        welcome = await _in_thread(handling.arrive, place, found["last_message"], clock.now())
        await self._send(welcome)
        self._patience = asyncio.create_task(self._watch_silence())
        # This page answers too, if it is new at the door.
        await self._tell({"type": "session.ask"})

    async def join(self, found: Frame) -> None:
        """Come in, be it to the waiting room."""
        standing = await _in_thread(
            handling.join, self.place, take_over=found["take_over"], now=clock.now()
        )
        if standing.replaced:
            await self._tell(
                {
                    "type": "session.replaced",
                    "role": standing.entry.role,
                    "epoch": standing.replaced,
                }
            )
        self._stand(standing)
        await self._announce(frame("person", person=standing.person))

    async def admit(self, found: Frame) -> None:
        """Let somebody in."""
        person = await _in_thread(handling.admit, self.place, role=found["role"], now=clock.now())
        if person:
            await self._tell({"type": "session.admitted", "role": found["role"]})
            await self._announce(person)

    async def relay(self, found: Frame) -> None:
        """Pass a description or a candidate on to the one page that it is for."""
        self._require_here()
        kind = found["type"]
        sent = frame(
            kind,
            **{
                "from": self._entry.role,
                "from_epoch": self._place.epoch,
                "to_epoch": found["to_epoch"],
                kind: found[kind],
            },
        )
        await self._tell({"type": "session.relay", "to": found["to"], "frame": sent})

    async def media(self, found: Frame) -> None:
        """Tell the others what this page sends."""
        self._require_here()
        flags = {name: found[name] for name in ("audio", "video", "screen")}
        await _in_thread(note_media, entry=self._entry, epoch=self._place.epoch, **flags)
        await self._announce(await _in_thread(handling.person, self._entry, self._entry.role))

    async def level(self, found: Frame) -> None:
        """Change what everybody uses."""
        self._require_here()
        await self._announce(
            await _in_thread(handling.level, self.place, to=found["level"], now=clock.now())
        )

    async def path(self, found: Frame) -> None:
        """Keep how the path to somebody is."""
        self._require_here()
        await _in_thread(
            note_path,
            entry=self._entry,
            epoch=self._place.epoch,
            to=found["to"],
            state=found["state"],
            now=clock.now(),
        )

    async def chat(self, found: Frame) -> None:
        """Write in the room."""
        self._require_here()
        await self._announce(
            await _in_thread(
                handling.chat, self.place, id_=found["id"], text=found["text"], now=clock.now()
            )
        )

    async def problem(self, found: Frame) -> None:
        """Keep a report of trouble, from the waiting room too."""
        if not self.is_joined:
            raise NotHere
        await self._send(
            await _in_thread(
                handling.problem,
                self.place,
                kind=found["kind"],
                words=found["words"],
                now=clock.now(),
            )
        )

    async def ice(self, _found: Frame) -> None:
        """Fresh relay credentials."""
        await self._send(frame("ice", ice=handling.credentials(self._entry)))

    async def ping(self, _found: Frame) -> None:
        """Renew presence, and with it the right to be here."""
        now = clock.now()
        self._renewed = time.monotonic()
        await self._look_again()
        await self._send(frame("pong", now=now.isoformat()))

    async def leave(self, _found: Frame) -> None:
        """Go on purpose."""
        gone = await _in_thread(handling.leave, self._entry, self._place, clock.now())
        self.is_joined = self.is_here = False
        await self._announce(gone)

    # --- Messages of the group ------------------------------------------------------------------

    async def session_announce(self, message: dict[str, Any]) -> None:
        """What everybody hears. Whose own stay was found to be over is in no more, until renewed."""
        sent = message["frame"]
        await self._send(sent)
        if self.is_here and sent["type"] == "person":
            person = sent["person"]
            if person["role"] == self._entry.role and person["state"] == "absent":
                self.is_here = False

    async def session_relay(self, message: dict[str, Any]) -> None:
        """What one page of somebody who is here hears."""
        found = message["frame"]
        if (
            self.is_here
            and message["to"] == self._entry.role
            and found["to_epoch"] == self._place.epoch
        ):
            await self._send(found)

    async def session_ask(self, _message: dict[str, Any]) -> None:
        """Say that somebody stands at the door here."""
        if self.entry is None or self.is_joined or self.has_ended:
            return
        if person := await _in_thread(handling.at_door, self.entry):
            await self._announce(frame("person", person=person))

    async def session_replaced(self, message: dict[str, Any]) -> None:
        """Give way to another device of the same person."""
        if message["role"] == self._entry.role and message["epoch"] == self._place.epoch:
            await self._refuse(Replaced(), None)

    async def session_admitted(self, message: dict[str, Any]) -> None:
        """Be let in."""
        if self.is_joined and message["role"] == self._entry.role:
            self.is_here = True

    async def session_changed(self, message: dict[str, Any]) -> None:
        """Look again: the session was moved, cancelled or settled, or one role left the room."""
        if self.has_ended or self.place is None:
            return
        if message.get("role", self._entry.role) != self._entry.role:
            return
        try:
            await self._send(await _in_thread(handling.session, self.place, clock.now()))
        except DomainError as error:
            await self._refuse(error, None)

    # --- The socket itself ----------------------------------------------------------------------

    @property
    def _place(self) -> Place:
        if self.place is None:
            raise NotHere
        return self.place

    @property
    def _entry(self) -> Entry:
        if self.entry is None:
            raise NotHere
        return self.entry

    def _require_here(self) -> None:
        if not self.is_here:
            raise NotHere

    def _stand(self, standing: Standing) -> None:
        self.entry = standing.entry
        self.is_joined = True
        self.is_here = standing.is_here

    async def _look_again(self) -> None:
        """Renew the stay and the right to it; tell the others where it stands anew."""
        standing: Standing = await _in_thread(
            handling.renew, self.place, is_joined=self.is_joined, now=clock.now()
        )
        if self.is_joined:
            was_here, self.is_here = self.is_here, standing.is_here
            self.entry = standing.entry
            if self.is_here != was_here:
                await self._announce(frame("person", person=standing.person))
        for gone in standing.lost:
            await self._announce(gone)

    async def _refuse(self, error: DomainError, re: str | None) -> None:
        """Answer a refusal, in the person's language; a fatal one ends the socket."""
        close_code = CLOSE_CODES.get(type(error))
        with translation.override(self.entry.person.language if self.entry else None):
            words = str(error)
        fatal = close_code is not None
        await self._send(frame("error", code=error.code, message=words, re=re, fatal=fatal))
        if fatal:
            self.has_ended = True
            with suppress(OSError):
                await self.close(close_code)

    async def _expect_hello(self) -> None:
        await asyncio.sleep(HELLO_SECONDS)
        await self._refuse(TooManyMalformed(), None)

    async def _watch_silence(self) -> None:
        """Let nobody listen by keeping silent: who may not be here any more is closed."""
        while not self.has_ended:
            await asyncio.sleep(SILENCE_SECONDS)
            if time.monotonic() - self._renewed < SILENCE_SECONDS:
                continue
            try:
                await _in_thread(handling.look, self.place, clock.now())
            except DomainError as error:
                await self._refuse(error, None)

    async def _announce(self, sent: Frame | None) -> None:
        if sent is not None:
            await self._tell({"type": "session.announce", "frame": sent})

    async def _tell(self, message: dict[str, Any]) -> None:
        await self.channel_layer.group_send(self._entry.group, message)

    async def _send(self, sent: Frame) -> None:
        if self.has_ended:
            return
        # A page that is gone: what it said last, such as that it leaves, is still to be read.
        with suppress(OSError):
            await self.send(text_data=json.dumps(sent))


async def _in_thread(act: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """Run an act that uses the database; its connection is the thread's own."""
    return await database_sync_to_async(act)(*args, **named)


HANDLERS: dict[str, Handler] = {
    "hello": LiveConsumer.hello,
    "join": LiveConsumer.join,
    "admit": LiveConsumer.admit,
    "description": LiveConsumer.relay,
    "candidate": LiveConsumer.relay,
    "media": LiveConsumer.media,
    "level": LiveConsumer.level,
    "path": LiveConsumer.path,
    "chat": LiveConsumer.chat,
    "problem": LiveConsumer.problem,
    "ice": LiveConsumer.ice,
    "ping": LiveConsumer.ping,
    "leave": LiveConsumer.leave,
}
