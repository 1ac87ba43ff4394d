"""A live session as an iCalendar object; pure: an entry in, text out.

- UID (RFC 5545 section 3.8.4.7) is the appointment's and never changes; a calendar finds its
  entry by it.
- SEQUENCE (section 3.8.7.4) rises with every change; an older message that arrives late loses.
- DTSTAMP (section 3.8.7.2) is the instant of the change, so the same change gives the same text.
- Times are written in UTC (section 3.3.5, form 2): exact in every zone, and no VTIMEZONE to be
  wrong just after a clock change.
- PUBLISH may name no attendee and REQUEST must (RFC 5546 sections 3.2.1 and 3.2.2); only the
  reader is ever named: other people's names and addresses never leave the product.
- The ORGANIZER is the practice's mail address: a calendar's answer reaches no person.

Titles are neutral: calendars are shared more widely than their owners think.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
EntryStatus = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

PRODUCT = "-//Alcove//Live sessions//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar gets to know about a session; instants are aware."""

    uid: str
    sequence: int
    stamped_at: dt.datetime
    starts_at: dt.datetime
    ends_at: dt.datetime
    status: EntryStatus
    title: str
    description: str
    url: str
    organizer: str


def session_ics(entry: Entry, *, method: Method = "PUBLISH", attendee: str | None = None) -> str:
    """The VCALENDAR text of one session, with CRLF and lines folded at 75 octets.

    ``attendee`` is the reader's own address; it is left out of PUBLISH.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    event = _event(entry)
    if attendee is not None and method != "PUBLISH":
        event.add("attendee", _attendee(attendee, entry.status), encode=False)
    calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text.decode()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamped_at.astimezone(dt.UTC))
    event.add("dtstart", entry.starts_at.astimezone(dt.UTC))
    event.add("dtend", entry.ends_at.astimezone(dt.UTC))
    event.add("status", entry.status)
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("url", entry.url)
    # Calendars show a place as a link that can be tapped; URL many of them hide.
    event.add("location", entry.url)
    event.add("organizer", vCalAddress(f"mailto:{entry.organizer}"))
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event


def _attendee(address: str, status: EntryStatus) -> vCalAddress:
    """The reader, with no answer asked for: sessions are answered in the product."""
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED" if status == "CONFIRMED" else "NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee
