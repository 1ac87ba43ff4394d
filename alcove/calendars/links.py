"""Addresses that open a filled-in entry in a web calendar (R8).

The receiving site learns the time, a neutral title and the session page's address: nothing else.
"""

import datetime as dt
from urllib.parse import quote, urlencode

from alcove.calendars.ics import Entry

GOOGLE = "https://calendar.google.com/calendar/render"
# The form without an account number works for whichever account is signed in.
OUTLOOK = "https://outlook.live.com/calendar/deeplink/compose"
MICROSOFT_365 = "https://outlook.office.com/calendar/deeplink/compose"


def google_link(entry: Entry) -> str:
    """The address that adds the entry to Google Calendar; times in UTC."""
    span = f"{_compact(entry.starts_at)}/{_compact(entry.ends_at)}"
    return _with_query(
        GOOGLE,
        action="TEMPLATE",
        text=entry.title,
        dates=span,
        details=entry.description,
        location=entry.url,
    )


def outlook_link(entry: Entry) -> str:
    """The address that adds the entry to Outlook.com."""
    return _microsoft_link(OUTLOOK, entry)


def microsoft365_link(entry: Entry) -> str:
    """The address that adds the entry to a Microsoft 365 calendar."""
    return _microsoft_link(MICROSOFT_365, entry)


def _microsoft_link(base: str, entry: Entry) -> str:
    return _with_query(
        base,
        path="/calendar/action/compose",
        rru="addevent",
        subject=entry.title,
        startdt=_extended(entry.starts_at),
        enddt=_extended(entry.ends_at),
        body=entry.description,
        location=entry.url,
    )


def _with_query(base: str, **parameters: str) -> str:
    # Blanks as %20: Outlook shows a plus sign as it stands.
    return f"{base}?{urlencode(parameters, quote_via=quote)}"


def _compact(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _extended(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
