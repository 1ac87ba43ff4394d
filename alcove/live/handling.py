"""What each frame does: the database's half of the socket, in plain synchronous functions.

Every act asks again who is signed in and whether they belong here; what changes often or only
concerns the page itself (``media``, ``path``) relies on the answer of the last renewal.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from alcove.core.errors import TooManyRequests
from alcove.core.rate_limit import count_request
from alcove.live.access import Entry, entry_for, require_open
from alcove.live.actions.join import (
    end_lost,
    is_elsewhere,
    join_session,
    leave_session,
    let_in,
    lose_socket,
    renew_stay,
)
from alcove.live.actions.note import change_level, report_problem, write
from alcove.live.errors import Flood, JoinedElsewhere, NotSignedIn, Replaced
from alcove.live.ice import ice_servers
from alcove.live.protocol import VERSION, Frame, frame
from alcove.live.queries import absent, message_object, messages_since, people_in, session_object
from alcove.people.sockets import person_of

# Of one person, all their pages together. A page whose server goes and comes needs a dozen.
GREETINGS_PER_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Place:
    """One page at one session: whose sign-in, which session, which load of the page, its socket."""

    session_key: str
    code: str
    epoch: str
    device: str
    socket: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a page stands after joining or renewing: its entry, and whether it is let in.

    ``lost`` has the person frames of others whose stay was found to be over.
    """

    entry: Entry
    person: Frame
    replaced: str | None = None
    lost: tuple[Frame, ...] = ()

    @property
    def is_here(self) -> bool:
        """Whether it may speak with the others."""
        state: str = self.person["state"]
        return state == "here"


def look(place: Place, now: dt.datetime) -> Entry:
    """Who this is and what they may join now; NotSignedIn, NotFound, NotOpen or Over."""
    person = person_of(place.session_key)
    if person is None:
        raise NotSignedIn
    entry = entry_for(person, place.code, now=now)
    require_open(entry)
    return entry


def arrive(place: Place, last_message: int, now: dt.datetime) -> Frame:
    """The welcome of a page; Flood when one person opens socket after socket: everybody hears of each."""
    entry = look(place, now)
    try:
        count_request("live", entry.person.key, limit=GREETINGS_PER_MINUTE, now=now)
    except TooManyRequests as error:
        raise Flood from error
    people = people_in(entry.appointment)
    return frame(
        "welcome",
        version=VERSION,
        you=entry.role,
        lets_in=entry.lets_in,
        elsewhere=is_elsewhere(entry=entry, epoch=place.epoch, device=place.device, now=now),
        session=session_object(entry, now=now),
        people=list(people.values()),
        messages=messages_since(entry, last_message),
        ice=credentials(entry),
    )


def credentials(entry: Entry) -> Frame:
    """Relay credentials that live as long as the session may.

    A relay counts its quota by name, whatever the end, so a name is one person in one session; it is
    a digest, so that a relay's log names nobody.
    """
    person = salted_hmac("alcove.live.relay", f"{entry.appointment.code}:{entry.role}")
    return ice_servers(name=person.hexdigest()[:16], until=entry.closes_at)


def at_door(entry: Entry) -> Frame | None:
    """The person as standing at the door, unless they are in already."""
    person = people_in(entry.appointment).get(entry.role)
    return {**person, "state": "door"} if person and person["state"] == "absent" else None


def person(entry: Entry, role: str) -> Frame:
    """The person frame of a role as the database has it now; its holder may have left the room."""
    return frame("person", person=people_in(entry.appointment).get(role) or absent(role))


def join(place: Place, *, take_over: bool, now: dt.datetime) -> Standing:
    """Come in."""
    entry = look(place, now)
    joined = join_session(
        entry=entry,
        epoch=place.epoch,
        device=place.device,
        socket=place.socket,
        take_over=take_over,
        now=now,
    )
    return Standing(entry, people_in(entry.appointment)[entry.role], joined.replaced)


def renew(place: Place, *, is_joined: bool, now: dt.datetime) -> Standing:
    """Renew the presence; a stay that ended meanwhile begins anew, unless elsewhere."""
    entry = look(place, now)
    if is_joined and not renew_stay(entry=entry, epoch=place.epoch, socket=place.socket, now=now):
        try:
            return join(place, take_over=False, now=now)
        except JoinedElsewhere as error:
            raise Replaced from error
    gone = end_lost(entry=entry, now=now)
    people = people_in(entry.appointment)
    lost = tuple(frame("person", person=people.get(role) or absent(role)) for role in gone)
    return Standing(entry, people[entry.role], lost=lost)


def admit(place: Place, *, role: str, now: dt.datetime) -> Frame | None:
    """Let somebody in; their person frame, or None when nobody waits there."""
    entry = look(place, now)
    return person(entry, role) if let_in(entry=entry, role=role, now=now) else None


def level(place: Place, *, to: str, now: dt.datetime) -> Frame:
    """Lower or raise what the session uses."""
    entry = look(place, now)
    return frame("level", level=change_level(entry=entry, level=to, now=now), by=entry.role)


def chat(place: Place, *, id_: str, text: str, now: dt.datetime) -> Frame:
    """Write in the room."""
    entry = look(place, now)
    message = write(entry=entry, id_=id_, text=text, now=now)
    return frame("message", message=message_object(message, entry.role, id_))


def problem(place: Place, *, kind: str, words: str, now: dt.datetime) -> Frame:
    """Keep a report."""
    report_problem(entry=look(place, now), kind=kind, words=words, now=now)
    return frame("noted", kind=kind)


def session(place: Place, now: dt.datetime) -> Frame:
    """The session as it is now, for a page that must load anew; Over when nothing is left."""
    return frame("session", session=session_object(look(place, now), now=now))


def leave(entry: Entry, place: Place, now: dt.datetime) -> Frame | None:
    """Go on purpose; the person frame to announce, or None when nobody was in."""
    if not leave_session(entry=entry, epoch=place.epoch, now=now):
        return None
    return person(entry, entry.role)


def lose(entry: Entry, place: Place, now: dt.datetime) -> Frame | None:
    """The socket went away; the person frame to announce, or None when it changes nothing."""
    if not lose_socket(entry=entry, epoch=place.epoch, socket=place.socket, now=now):
        return None
    return person(entry, entry.role)
