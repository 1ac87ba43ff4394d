"""What waits for staff, as the desk's home shows it: what support itself knows of."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcove.booking.queries import disputes
from alcove.core.panels import Panel, adds_to


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
