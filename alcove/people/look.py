"""Sockets that only tell a page to look again; what there is to see, the page asks by HTTP.

So no name or word travels twice, and pages without a socket see the same a little later.
"""

import json
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import transaction

from alcove.core.broadcast import tell
from alcove.people.models import Person
from alcove.people.sockets import is_own_origin, person_of, session_key

NOT_SIGNED_IN = 4401
NOT_ALLOWED = 4403
MALFORMED = 4400


class LookConsumer(AsyncWebsocketConsumer):
    """One page of one person; it listens and never speaks."""

    group = ""

    def group_for(self, person: Person) -> str | None:
        """The group whose news this page may hear; None refuses it. Uses the database."""
        raise NotImplementedError

    async def connect(self) -> None:
        """Let our own pages in; everybody else is told why not by the close code."""
        if not is_own_origin(self.scope):
            await self.close()
            return
        await self.accept()
        group = await self._group_now()
        if group is None:
            return
        self.group = group
        await self.channel_layer.group_add(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """End the socket of a page that speaks: there is nothing to be said here."""
        await self.close(MALFORMED)

    async def disconnect(self, code: int) -> None:
        """Listen no more."""
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def look_again(self, _message: dict[str, Any]) -> None:
        """Tell the page to look, unless its person has lost the right to meanwhile."""
        if await self._group_now() == self.group:
            # A page that is gone is told from by ``disconnect``, which comes next.
            with suppress(OSError):
                await self.send(text_data=json.dumps({"type": "look"}))

    async def _group_now(self) -> str | None:
        """The group by the right of this moment; None after closing the socket for want of it."""
        code: int
        group: str | None
        code, group = await database_sync_to_async(self._ask)()
        if group is None:
            await self.close(code)
        return group

    def _ask(self) -> tuple[int, str | None]:
        person = person_of(session_key(self.scope))
        if person is None:
            return NOT_SIGNED_IN, None
        return NOT_ALLOWED, self.group_for(person)


def look_again(group: str) -> None:
    """Make every page of a group look, once what happened is in the database."""
    transaction.on_commit(lambda: tell(group, {"type": "look.again"}))
