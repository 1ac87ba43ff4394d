"""What the support desk shows of live sessions: who was there, and what was reported."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcove.booking.models import Appointment, Status
from alcove.core.panels import Panel, adds_to
from alcove.live.queries import attendance_facts, problems, stays_of
from alcove.live.views.attendance import outcome_words
from alcove.people.models import Practice

WERE_OPEN = (Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW)


@adds_to("support.desk")
def reports(_thing: None, now: dt.datetime) -> Panel:
    """What was reported from within sessions and nobody has seen to."""
    count = problems(are_handled=False).count()
    return Panel(
        "components/waits.html",
        {
            "title": _("Reports from sessions"),
            "icon": "help",
            "url": reverse("problems"),
            "count": count,
            "words": ngettext("%(count)s waits for somebody", "%(count)s wait for somebody", count)
            % {"count": count},
            "nothing": _("None waits for somebody"),
        },
    )


@adds_to("support.session")
def attendance(appointment: Appointment, now: dt.datetime) -> Panel | None:
    """Who was there from when to when; nothing before the door opens."""
    practice = Practice.load()
    stays = stays_of(appointment)
    has_opened = appointment.was_confirmed and now >= practice.opens_at(appointment.starts_at)
    if not stays and not has_opened:
        return None
    is_over = now >= practice.closes_at(appointment.ends_at) and appointment.status in WERE_OPEN
    facts = attendance_facts(appointment, stays, practice)
    return Panel(
        "live/desk_attendance.html",
        {"stays": stays, "outcome_words": outcome_words(facts) if is_over else ""},
    )
