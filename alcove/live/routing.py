"""Which socket leads where; every other address is refused, not an error."""

from typing import Any

from channels.routing import URLRouter
from django.urls import re_path

from alcove.live.bell import BellConsumer
from alcove.live.consumers import LiveConsumer
from alcove.rooms.sockets import RoomConsumer


async def _refuse(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "websocket.close", "code": 4404})


# Closes a handshake that leads nowhere, which browsers see as HTTP 403. Any: Django types the
# targets of its paths as views.
refuse: Any = _refuse

sockets = URLRouter(
    [
        re_path(r"^live/(?P<code>[0-9A-Z]{1,12})/socket$", LiveConsumer.as_asgi()),
        re_path(r"^rooms/(?P<code>[0-9A-Z]{1,12})/socket$", RoomConsumer.as_asgi()),
        re_path(r"^schedule/bell/socket$", BellConsumer.as_asgi()),
        re_path(r"", refuse),
    ]
)
