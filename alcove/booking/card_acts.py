"""What the cards in a room let their reader do about a session."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.booking.models import Appointment, Status
from alcove.people.models import Person
from alcove.rooms.cards import CardAct, offers_acts


@offers_acts
def acts_on_sessions(
    reader: Person, codes: Collection[str], now: dt.datetime
) -> dict[str, list[CardAct]]:
    """Answering for the provider, moving and cancelling for who schedules; one statement.

    Joining is not among them: the room has it already, for as long as the door is open.
    """
    sessions = Appointment.objects.filter(
        code__in=codes, room__memberships__person=reader, starts_at__gt=now
    ).select_related("room")
    return {one.code: list(_acts(one, reader, now)) for one in sessions if one.is_active}


def _acts(session: Appointment, reader: Person, now: dt.datetime) -> Iterator[CardAct]:
    waits = session.status == Status.REQUESTED and now < session.confirm_by
    if reader.pk == session.provider_id and waits:
        answer = reverse("booking:request", args=[session.code])
        yield CardAct(_("Confirm"), answer, {"answer": "confirm", "in_room": "1"}, is_primary=True)
        yield CardAct(_("Decline"), f"{answer}#decline")
    elif reader.pk == session.provider_id:
        yield CardAct(_("Cancel"), reverse("booking:cancel", args=[session.code]))
    elif reader.pk == session.room.owner_id:
        yield CardAct(_("Reschedule"), reverse("booking:reschedule", args=[session.code]))
        yield CardAct(_("Cancel"), reverse("booking:cancel", args=[session.code]))
