"""Relay credentials for one page of one session.

Coturn's ``use-auth-secret`` (draft-uberti-behave-turn-rest): the user name carries its own end,
the password is its HMAC under the secret that only we and the relay know.
"""

import base64
import datetime as dt
import hashlib
import hmac
from typing import Any

from django.conf import settings


def ice_servers(*, name: str, until: dt.datetime) -> dict[str, Any]:
    """The ``ice`` object of the protocol: servers, policy, and until when they are good.

    ``name`` is opaque to the relay and says nothing about a person.
    """
    username = f"{int(until.timestamp())}:{name}"
    digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
    credential = base64.b64encode(digest).decode()
    return {
        "servers": [_server(url, username, credential) for url in settings.TURN_URLS],
        "policy": "relay" if settings.TURN_ONLY else "all",
        "until": until.isoformat(),
    }


def _server(url: str, username: str, credential: str) -> dict[str, str]:
    if url.startswith("stun"):
        return {"urls": url}
    return {"urls": url, "username": username, "credential": credential}
