"""The letters about finding a time together (R6)."""

from typing import cast

from alcove.core import events
from alcove.core.models import Event
from alcove.notifications.actions.notify import as_read_by, notify
from alcove.notifications.letters.letter import Role
from alcove.notifications.letters.times import (
    TOLD_ABOUT_TIMES,
    kind_of_step,
    letter_about_times,
    step_of,
)
from alcove.rooms.models import Membership


@events.receives(*TOLD_ABOUT_TIMES)
def write_about_times(event: Event) -> None:
    """Tell every member of the room whom the step concerns."""
    step = step_of(event.kind, event.data)
    members = Membership.objects.filter(room__code=step.room, person__is_active=True)
    for member in members.select_related("person").order_by("person_id"):
        person, role = member.person, cast(Role, member.role)
        with as_read_by(person):
            letter = letter_about_times(step, role, person.zone)
        if letter is not None:
            notify(
                event=event,
                person=person,
                kind=kind_of_step(step, role),
                letter=letter,
                now=event.happened_at,
            )
