"""The letters about messages that nobody has seen yet."""

import datetime as dt
from typing import cast

from alcove.core import events
from alcove.core.models import Event
from alcove.notifications.actions.notify import as_read_by, notify
from alcove.notifications.actions.nudge import MESSAGES_WAIT
from alcove.notifications.kinds import Kind
from alcove.notifications.letters.messages import new_message
from alcove.notifications.models import Delivery, Nudge
from alcove.notifications.use import useful_while


@events.receives(MESSAGES_WAIT)
def write_news(event: Event) -> None:
    """Tell the member, unless they have read meanwhile or left the room."""
    nudge = _nudge_of(event)
    if nudge is None or not nudge.still_holds:
        return
    person = nudge.membership.person
    with as_read_by(person):
        letter = new_message(nudge.membership.room.code)
    notify(event=event, person=person, kind=Kind.MESSAGES, letter=letter, now=event.happened_at)


@useful_while(MESSAGES_WAIT)
def is_still_unread(delivery: Delivery, _now: dt.datetime) -> bool:
    """Whether its reader has not read the room since, and is still in it."""
    nudge = _nudge_of(cast(Event, delivery.event))
    return nudge is not None and nudge.still_holds


def _nudge_of(event: Event) -> Nudge | None:
    """The nudge of an event; None where its member has left the room."""
    found = Nudge.objects.select_related("membership__room", "membership__person")
    return found.filter(event=event).first()
