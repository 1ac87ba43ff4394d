"""Who leaves a room leaves its live sessions in the same moment."""

from django.db import transaction

from alcove.booking.models import ACTIVE, Appointment
from alcove.core.broadcast import tell
from alcove.live.access import group_of
from alcove.live.actions.join import end_stay
from alcove.live.models import Admission, Stay
from alcove.live.protocol import frame
from alcove.live.queries import absent
from alcove.rooms.membership import Change, when_leaving


@when_leaving
def leave_sessions(change: Change) -> None:
    """End the leaver's stays in the room's sessions; their pages are closed, the others hang up.

    Being let in ends with it: somebody who comes back to the room waits anew.
    """
    of_room = {"session__appointment__room": change.room, "person": change.person}
    for stay in Stay.objects.filter(**of_room, left_at=None):
        end_stay(stay, change.now)
    Admission.objects.filter(**of_room).delete()
    sessions = Appointment.objects.filter(room=change.room, status__in=ACTIVE)
    groups = [group_of(code) for code in sessions.values_list("code", flat=True)]
    transaction.on_commit(lambda: _tell(groups, change))


def _tell(groups: list[str], change: Change) -> None:
    gone = frame("person", person=absent(change.role, change.person.name))
    for group in groups:
        # The others close their connections even if the leaver's own page does not.
        tell(group, {"type": "session.announce", "frame": gone})
        tell(group, {"type": "session.changed", "role": change.role})
