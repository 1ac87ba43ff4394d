"""What waits for staff, as the desk's home shows it: what support itself knows of."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcove.booking.queries import disputes
from alcove.core.panels import Panel, adds_to
from alcove.support.models import SupportRequest


@adds_to("support.desk")
def open_requests(_thing: None, now: dt.datetime) -> Panel:
    """Questions that nobody has answered."""
    count = SupportRequest.objects.filter(state=SupportRequest.State.OPEN).count()
    return Panel(
        "components/waits.html",
        {
            "title": _("Requests for support"),
            "icon": "inbox",
            "url": reverse("desk:requests"),
            "count": count,
            "words": ngettext(
                "%(count)s waits for an answer", "%(count)s wait for an answer", count
            )
            % {"count": count},
            "nothing": _("None waits for an answer"),
        },
    )


@adds_to("support.desk")
def open_disputes(_thing: None, now: dt.datetime) -> Panel:
    """Disputes that nobody has decided."""
    count = disputes().filter(decided_at=None).count()
    return Panel(
        "components/waits.html",
        {
            "title": _("Disputes"),
            "icon": "warning",
            "url": reverse("disputes:list"),
            "count": count,
            "words": ngettext(
                "%(count)s waits for a decision", "%(count)s wait for a decision", count
            )
            % {"count": count},
            "nothing": _("None waits for a decision"),
        },
    )
