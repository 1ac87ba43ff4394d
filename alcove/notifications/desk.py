"""What the support desk shows of messages that were sent, wait or have failed."""

import datetime as dt

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcove.booking.models import Appointment
from alcove.core.panels import Panel, adds_to
from alcove.notifications.models import Delivery
from alcove.people.models import Person

SHOWN = 10


@adds_to("support.desk")
def deliveries(_thing: None, now: dt.datetime) -> Panel:
    """Messages that failed, or wait although their time has come."""
    states = (Delivery.State.FAILED, Delivery.State.WAITING)
    rows = Delivery.objects.filter(state__in=states).order_by().values_list("state")
    counts = dict(rows.annotate(count=Count("pk")))
    failed, waiting = (counts.get(state, 0) for state in states)
    words = [
        ngettext("%(count)s has failed", "%(count)s have failed", failed) % {"count": failed},
        ngettext("%(count)s waits", "%(count)s wait", waiting) % {"count": waiting},
    ]
    state = Delivery.State.FAILED if failed else Delivery.State.WAITING
    return Panel(
        "components/waits.html",
        {
            "title": _("Outbox"),
            "icon": "mail",
            "url": reverse("support:outbox") + (f"?state={state}" if failed or waiting else ""),
            "count": failed or waiting,
            "words": ", ".join(words),
            "nothing": _("Nothing waits, nothing has failed"),
        },
    )


@adds_to("support.person")
def to_person(person: Person, now: dt.datetime) -> Panel:
    """The latest messages to somebody."""
    return _listed(Delivery.objects.filter(person=person), _("Messages sent to them"))


@adds_to("support.session")
def about_session(appointment: Appointment, now: dt.datetime) -> Panel:
    """Every message about a session, with its state; a failed one is sent again on its page."""
    about = Delivery.objects.filter(event__subject=appointment.key)
    return _listed(about, _("Messages about it"))


def _listed(rows: QuerySet[Delivery], title: str) -> Panel:
    shown = rows.select_related("person").order_by("-pk").defer("text", "html", "calendar")
    found = list(shown[: SHOWN + 1])
    return Panel(
        "notifications/desk_deliveries.html",
        {"title": title, "letters": found[:SHOWN], "has_more": len(found) > SHOWN},
    )
