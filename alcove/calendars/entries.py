"""From a session to its calendar entry: neutral words, and the link by which it is joined."""

import datetime as dt
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.booking.models import Appointment, Status
from alcove.calendars.ics import Entry, EntryStatus

STATUSES: dict[str, EntryStatus] = {
    Status.REQUESTED: "TENTATIVE",
    Status.CONFIRMED: "CONFIRMED",
    Status.COMPLETED: "CONFIRMED",
    Status.NO_SHOW: "CONFIRMED",
    Status.DECLINED: "CANCELLED",
    Status.LAPSED: "CANCELLED",
    Status.CANCELLED: "CANCELLED",
}


def build_entry(
    appointment: Appointment,
    *,
    sequence: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    status: EntryStatus,
    stamped_at: dt.datetime,
) -> Entry:
    """The entry of a session as it was at one change, in the active language."""
    url = settings.BASE_URL.rstrip("/") + reverse("live:session", args=[appointment.code])
    lines = [_("Join it here: %(url)s") % {"url": url}]
    if status == "TENTATIVE":
        # Web calendars take no status, so the words must say it.
        lines.insert(0, _("Not confirmed yet."))
    return Entry(
        uid=appointment.uid,
        sequence=sequence,
        stamped_at=stamped_at,
        starts_at=starts_at,
        ends_at=ends_at,
        status=status,
        title=_("Live session"),
        description=" ".join(lines),
        url=url,
        organizer=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    )


def entry_now(appointment: Appointment, *, now: dt.datetime) -> Entry:
    """The entry of a session as it is now, in the active language."""
    return build_entry(
        appointment,
        sequence=appointment.sequence,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        status=STATUSES[appointment.status],
        stamped_at=now,
    )
