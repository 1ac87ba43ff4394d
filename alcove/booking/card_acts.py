"""What the cards in a room let their reader do about a session."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.booking.models import LIVE, Appointment, Status, TimeProposal
from alcove.core.formats import day_and_time
from alcove.people.models import Person
from alcove.rooms.cards import CardAct, offers_acts

# As the cards name what they are about.
ABOUT = "proposal:"


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


@offers_acts
def acts_on_proposals(
    reader: Person, codes: Collection[str], now: dt.datetime
) -> dict[str, list[CardAct]]:
    """Offering times for the provider, booking an offered one in a tap for who schedules (R6).

    Two statements where a card is about that; none elsewhere.
    """
    proposals = [code.removeprefix(ABOUT) for code in codes if code.startswith(ABOUT)]
    if not proposals:
        return {}
    live = TimeProposal.objects.filter(
        code__in=proposals, state__in=LIVE, answer_by__gt=now, room__memberships__person=reader
    ).select_related("room")
    return {
        f"{ABOUT}{one.code}": list(_acts_about_times(one, reader, now))
        for one in live.prefetch_related("offered__hold")
    }


def _acts_about_times(
    proposal: TimeProposal, reader: Person, now: dt.datetime
) -> Iterator[CardAct]:
    page = reverse("booking:proposal", args=[proposal.code])
    is_offered = proposal.state == TimeProposal.State.OFFERED
    if is_offered and reader.pk == proposal.room.owner_id:
        for time in proposal.offered.all():
            if time.hold is not None and time.hold.is_good_at(now):
                label = _("Book %(when)s") % {"when": day_and_time(time.starts_at, reader.zone)}
                fields = {"act": "accept", "starts_at": time.starts_at.isoformat()}
                yield CardAct(label, page, fields, is_primary=True)
        yield CardAct(_("Other times"), page)
    elif reader.pk == proposal.room.provider_id and not is_offered:
        offer = reverse("booking:offer_times", args=[proposal.room.code])
        yield CardAct(_("Offer times"), offer, is_primary=proposal.state == TimeProposal.State.OPEN)
    else:
        yield CardAct(_("Open"), page)


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
