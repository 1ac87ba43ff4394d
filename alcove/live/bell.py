"""The bell's socket: it tells a provider's open pages to look who rings (docs/protocol/bell.md).

It carries no name and no word, only that something changed: the page asks by HTTP what, as it also
does every few seconds where there is no socket.
"""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import transaction

from alcove.core.broadcast import tell
from alcove.core.events import receives
from alcove.core.models import Event
from alcove.people.models import Person
from alcove.people.sockets import is_own_origin, person_of, session_key

NOT_SIGNED_IN = 4401
NOT_A_PROVIDER = 4403
MALFORMED = 4400


def group_of(provider_id: int) -> str:
    """The channel group of all open pages of a provider."""
    return f"bell.{provider_id}"


class BellConsumer(AsyncWebsocketConsumer):
    """One page of one provider; it listens and never speaks."""

    group = ""

    async def connect(self) -> None:
        """Let providers of our own pages in; everybody else is told why not by the close code."""
        if not is_own_origin(self.scope):
            await self.close()
            return
        await self.accept()
        person = await self._person()
        if person is None or not person.is_provider:
            await self.close(NOT_SIGNED_IN if person is None else NOT_A_PROVIDER)
            return
        self.group = group_of(person.pk)
        await self.channel_layer.group_add(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """End the socket of a page that speaks: there is nothing to be said here."""
        await self.close(MALFORMED)

    async def disconnect(self, code: int) -> None:
        """Listen no more."""
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def bell_changed(self, _message: dict[str, Any]) -> None:
        """Tell the page to look, unless its person has signed out meanwhile."""
        if await self._person() is None:
            await self.close(NOT_SIGNED_IN)
            return
        await self.send(text_data=json.dumps({"type": "look"}))

    async def _person(self) -> Person | None:
        found: Person | None = await database_sync_to_async(person_of)(session_key(self.scope))
        return found


@receives("ring.rung", "ring.accepted", "ring.declined", "ring.lapsed", "ring.withdrawn")
def tell_pages_of_provider(event: Event) -> None:
    """Make every open page of the provider look who rings."""
    group = group_of(int(event.data["provider"]))
    transaction.on_commit(lambda: tell(group, {"type": "bell.changed"}))
