"""What a page says about what somebody asks for: its address, the session or room that it shows."""

import re

from alcove.booking.access import appointments_of
from alcove.core.codes import LENGTH
from alcove.people.models import Person
from alcove.rooms.access import rooms_of

LONGEST_PAGE = 200
# Longer parts of an address are secrets that open something: links of invitations and sign-in.
_LONGEST_PART = 20
_CODE = re.compile(rf"^[0-9A-Z]{{{LENGTH}}}$")


def page_of(address: str) -> str:
    """The path of one of our pages, without its query and without secrets; empty for others."""
    path = address.split("?", 1)[0].split("#", 1)[0]
    is_ours = path.startswith("/") and not path.startswith("//") and path.isprintable()
    if not is_ours or "\\" in path:
        return ""
    parts = ["…" if len(part) > _LONGEST_PART else part for part in path.split("/")]
    return "/".join(parts)[:LONGEST_PAGE]


def about_of(page: str, person: Person) -> str:
    """The key of the session or room that a page shows, if it is this person's; else empty."""
    codes = [part for part in page.split("/") if _CODE.match(part)][:2]
    if not codes:
        return ""
    session = appointments_of(person).filter(code__in=codes).first()
    if session is not None:
        return session.key
    room = rooms_of(person).filter(code__in=codes).first()
    return room.key if room is not None else ""
