"""Open pages of a session hear at once when it is moved, cancelled or settled."""

from django.db import transaction

from alcove.core.broadcast import tell
from alcove.core.events import receives
from alcove.core.models import Event
from alcove.live.access import group_of


@receives(
    "appointment.confirmed",
    "appointment.rescheduled",
    "appointment.declined",
    "appointment.lapsed",
    "appointment.cancelled",
    "appointment.completed",
    "appointment.no_show",
)
def tell_open_pages(event: Event) -> None:
    """Make every socket of the session look again at what it may do."""
    group = group_of(str(event.data["code"]))
    transaction.on_commit(lambda: tell(group, {"type": "session.changed"}))
