"""Whether time proposals keep the time that they offer, and stand as their events say."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import F

from alcove.booking.models import LIVE, OfferedTime, SlotHold, TimeClaim, TimeProposal
from alcove.core.models import Event
from alcove.rooms.models import Membership

State = TimeProposal.State
# Where each kind of event leads; what a refused or withdrawn offer leads to is in its own data.
LEADS_TO = {
    "proposal.sent": State.OPEN,
    "proposal.suggested": None,
    "proposal.changed": None,
    "proposal.reminded": None,
    "proposal.declined": State.DECLINED,
    "proposal.withdrawn": State.WITHDRAWN,
    "proposal.lapsed": State.LAPSED,
    "times.offered": State.OFFERED,
    "times.accepted": State.ACCEPTED,
    "times.refused": None,
    "times.withdrawn": None,
}
# The job that settles them may be late by so much on a busy machine.
PATIENCE = dt.timedelta(minutes=30)


def untold_states(now: dt.datetime) -> Iterator[str]:
    """Proposals whose state is not that of their latest event, so that nobody was told."""
    told: dict[str, str] = {}
    events = Event.objects.filter(kind__in=LEADS_TO).order_by("id")
    for subject, kind, data in events.values_list("subject", "kind", "data").iterator(
        chunk_size=5000
    ):
        told[subject] = LEADS_TO[kind] or data["state"]
    for proposal in TimeProposal.objects.only("code", "state").iterator(chunk_size=5000):
        if told.get(proposal.key) != proposal.state:
            yield (
                f"proposal {proposal.code} is “{proposal.state}”, its events say "
                f"“{told.get(proposal.key)}”"
            )


def wrong_claims(now: dt.datetime) -> Iterator[str]:
    """Offered times that can be accepted and do not keep the time of exactly the room's members."""
    kept = OfferedTime.objects.filter(
        proposal__state=State.OFFERED, hold__isnull=False, hold__expires_at__gt=now
    )
    for time in kept.select_related("proposal"):
        claims = TimeClaim.objects.filter(hold=time.hold_id)
        members = Membership.objects.filter(room=time.proposal.room_id)
        claimed = sorted(claims.values_list("person_id", flat=True))
        if claimed != sorted(members.values_list("person_id", flat=True)):
            yield f"proposal {time.proposal.code}, {time.starts_at:%Y-%m-%d %H:%M}"


def wrong_holds(now: dt.datetime) -> Iterator[str]:
    """Holds that outlive their offer, and offers without any time."""
    answered = OfferedTime.objects.exclude(proposal__state=State.OFFERED).exclude(hold=None)
    for code in answered.values_list("proposal__code", flat=True):
        yield f"proposal {code} is answered and still holds time"
    for code in TimeProposal.objects.filter(state=State.OFFERED, offered=None).values_list(
        "code", flat=True
    ):
        yield f"proposal {code} offers no time"
    lost = SlotHold.objects.filter(purpose=SlotHold.Purpose.OFFER, offered_as=None)
    for code in lost.values_list("code", flat=True):
        yield f"hold {code} belongs to no offer"


def overdue(now: dt.datetime) -> Iterator[str]:
    """Proposals that wait long after their deadline."""
    late = TimeProposal.objects.filter(state__in=LIVE, answer_by__lt=now - PATIENCE)
    for code, answer_by in late.values_list("code", "answer_by"):
        yield f"proposal {code} was due at {answer_by:%Y-%m-%d %H:%M}"


def wrong_sessions(now: dt.datetime) -> Iterator[str]:
    """Accepted proposals whose session is another room's."""
    wrong = TimeProposal.objects.exclude(became=None).exclude(became__room=F("room"))
    for code in wrong.values_list("code", flat=True):
        yield f"proposal {code} became a session of another room"
