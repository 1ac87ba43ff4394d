"""What every page of a provider knows: what waits for an answer, and who rings."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from alcove.booking.models import Appointment, Ring, Status, TimeProposal
from alcove.people.models import Person


@dataclass(frozen=True, slots=True)
class Desk:
    """A provider's desk at ``now``."""

    waiting: int  # requests and wishes that wait for an answer
    available_until: dt.datetime | None  # None where clients cannot ring now
    ring: Ring | None  # the one that waits for an answer

    @property
    def listens(self) -> bool:
        """Whether the pages of this provider must listen for rings."""
        return self.available_until is not None or self.ring is not None


def desk_of(provider: Person, now: dt.datetime) -> Desk:
    """One statement, and one more while somebody rings."""
    requests = Appointment.objects.filter(provider=OuterRef("pk"), status=Status.REQUESTED)
    count = requests.order_by().values("provider").annotate(count=Count("pk")).values("count")
    wishes = TimeProposal.objects.filter(
        room__provider=OuterRef("pk"), state=TimeProposal.State.OPEN, answer_by__gt=now
    )
    wished = wishes.order_by().values("room__provider").annotate(count=Count("pk")).values("count")
    ringing = Ring.objects.filter(
        provider=OuterRef("pk"), answer=Ring.Answer.OPEN, expires_at__gt=now
    )
    waiting, until, code = (
        Person.objects.filter(pk=provider.pk)
        .values_list(
            Coalesce(Subquery(count), 0) + Coalesce(Subquery(wished), 0),
            "provider_calendar__available_now_until",
            Subquery(ringing.values("code")[:1]),
        )
        .get()
    )
    return Desk(
        waiting=waiting,
        available_until=until if until and now < until else None,
        ring=ring_at(provider, now) if code else None,
    )


def ring_at(provider: Person, now: dt.datetime) -> Ring | None:
    """The ring that waits for this provider's answer, with who rang; one statement."""
    return (
        Ring.objects.filter(provider=provider, answer=Ring.Answer.OPEN, expires_at__gt=now)
        .select_related("rung_by")
        .first()
    )
