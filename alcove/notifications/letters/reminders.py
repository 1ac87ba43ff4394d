"""What reminds somebody of a session, and what they can still do about it."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alcove.booking.display import change_words, session_words, terms_of
from alcove.booking.models import Appointment
from alcove.core.formats import clock_time
from alcove.notifications.letters.letter import Letter, Role, absolute, span


def reminder_letter(
    session: Appointment, role: Role, zone: ZoneInfo, *, opens_at: dt.datetime, now: dt.datetime
) -> Letter:
    """The reminder for somebody in this role: the time, the way in, and what a change costs now."""
    join_from = _("You can join from %(time)s.") % {"time": clock_time(opens_at, zone)}
    return Letter(
        subject=_("A booking is coming up")
        if role == "provider"
        else _("Your booking is coming up"),
        title=_("Your session is coming up"),
        when=span(session.starts_at, session.ends_at, zone),
        lines=[join_from, _about_changes(session, role, now)],
        button=_("Join your session"),
        url=absolute("live:session", session.code),
        links=_ways_out(session, role),
        about_at=session.starts_at,
        needed_by=session.starts_at,
        useful_until=session.starts_at,
        session=session_words(session.modality, session.length_minutes),
    )


def _about_changes(session: Appointment, role: Role, now: dt.datetime) -> str:
    """What moving or cancelling costs, for those who can do it."""
    if role == "provider":
        return _("If you cancel it, the client's session credit comes back.")
    if role == "partner":
        return _("Only the person who booked it can reschedule or cancel it.")
    return change_words(terms_of(session), now=now)


def _ways_out(session: Appointment, role: Role) -> list[tuple[str, str]]:
    """The pages on which this role can change something, or see it."""
    if role == "partner":
        return [(_("See your booking"), absolute("booking:appointment", session.code))]
    cancel = (_("Cancel session"), absolute("booking:cancel", session.code))
    if role == "provider":
        return [cancel]
    return [(_("Reschedule"), absolute("booking:reschedule", session.code)), cancel]
