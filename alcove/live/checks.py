"""System checks of the live room: settings that would leave people unable to reach each other."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

# RFC 7064 and RFC 7065: a host, an address in brackets if it is IPv6, a port; the transport only
# for a relay. No user names, no slashes.
ADDRESS = re.compile(
    r"(?:stuns?|(?P<relay>turns?)):(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*)|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<query>\?transport=(?:udp|tcp))?"
)

LAST_PORT = 65_535


@register()
def relay_is_usable(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse addresses that no browser reads, relays without a secret, and relay-only without one."""
    relays = [url for url in settings.TURN_URLS if url.startswith("turn")]
    found: list[CheckMessage] = [
        Error(
            f"TURN_URLS holds {url!r}, which is no address of a relay.",
            hint="Write such as turn:relay.example.org:3478?transport=udp, with commas between.",
            id="alcove.E010",
        )
        for url in settings.TURN_URLS
        if not _is_readable(url)
    ]
    if relays and not settings.TURN_SECRET:
        found.append(
            Error(
                "TURN_URLS names a relay and TURN_SECRET is not set.",
                hint="Set TURN_SECRET to the static-auth-secret of coturn.",
                id="alcove.E011",
            )
        )
    if settings.TURN_ONLY and not relays:
        found.append(
            Error(
                "TURN_ONLY is on and TURN_URLS names no relay: nobody could be connected.",
                hint="Name a turn: or turns: address in TURN_URLS, or unset TURN_ONLY.",
                id="alcove.E012",
            )
        )
    return found


def _is_readable(url: str) -> bool:
    """Whether browsers take the address; they make no connection at all when one is unreadable."""
    match = ADDRESS.fullmatch(url)
    if match is None or (match["query"] and not match["relay"]):
        return False
    return match["port"] is None or 1 <= int(match["port"]) <= LAST_PORT
