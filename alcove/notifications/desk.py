"""What the support desk shows of messages that were sent, wait or have failed."""

import datetime as dt

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcove.booking.models import Appointment
from alcove.core.formats import day_and_time
from alcove.core.panels import Panel, adds_to
from alcove.core.templatetags.times import reader_zone
from alcove.notifications.carriers import carrier_of
from alcove.notifications.kinds import Channel
from alcove.notifications.models import Delivery, PushDevice
from alcove.people.models import Person

SHOWN = 10
# What waits longer is not just about to go out.
LATE = dt.timedelta(minutes=10)


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


@adds_to("support.health")
def mail_health(_thing: None, now: dt.datetime) -> Panel:
    """Whether mail goes out."""
    works = (carrier := carrier_of(Channel.EMAIL)) is not None and carrier.works()
    if not works:
        lines = [_("No mail server is set up: letters are kept in the outbox.")]
        todo = _("Set EMAIL_URL, such as smtp://user:password@host:587?tls=True, and restart.")
        return _part(_("Mail"), "warning", lines, todo)
    todo = _(
        "Open the outbox: each message says what the mail server answered. Mend the address or the "
        "server, then send it again."
    )
    return _flow(_("Mail"), Channel.EMAIL, [], todo, now)


@adds_to("support.health")
def push_health(_thing: None, now: dt.datetime) -> Panel:
    """Whether notifications reach devices."""
    devices = PushDevice.objects.count()
    line = ngettext("%(count)s device", "%(count)s devices", devices) % {"count": devices}
    todo = _("Open the outbox: each message says what the push service answered.")
    return _flow(_("Push"), Channel.PUSH, [line], todo, now)


def _flow(title: str, channel: Channel, lines: list[str], todo: str, now: dt.datetime) -> Panel:
    """One channel: its last message, what waits although its time has come, what has failed."""
    rows = Delivery.objects.filter(channel=channel)
    last = rows.filter(state=Delivery.State.SENT).aggregate(at=Max("sent_at"))["at"]
    late = Q(not_before=None) | Q(not_before__lte=now - LATE)
    waiting = rows.filter(late, state=Delivery.State.WAITING, created_at__lte=now - LATE).count()
    failed = rows.filter(state=Delivery.State.FAILED).count()
    lines += [
        _("Last one sent: %(when)s") % {"when": day_and_time(last, reader_zone())}
        if last
        else _("None was sent so far."),
        _("Waiting for longer than 10 minutes: %(count)s") % {"count": waiting},
        _("Failed: %(count)s") % {"count": failed},
    ]
    tone = "danger" if waiting else "warning" if failed else "success"
    return _part(title, tone, lines, todo if waiting or failed else "")


def _part(title: str, tone: str, lines: list[str], todo: str) -> Panel:
    return Panel(
        "components/health_part.html",
        {"title": title, "tone": tone, "lines": lines, "todo": todo},
    )


def _listed(rows: QuerySet[Delivery], title: str) -> Panel:
    shown = rows.select_related("person").order_by("-pk").defer("text", "html", "calendar")
    found = list(shown[: SHOWN + 1])
    return Panel(
        "notifications/desk_deliveries.html",
        {"title": title, "letters": found[:SHOWN], "has_more": len(found) > SHOWN},
    )
