"""Whether the ledger agrees with the sessions and with itself."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from alcove.billing.models import CreditEntry, LateFee
from alcove.booking.lifecycle import ENDED
from alcove.booking.models import ACTIVE, Appointment, Ending, NoShow, Status
from alcove.rooms.models import Room

Kind = CreditEntry.Kind
TAKERS = [Kind.RESERVED, Kind.EXPIRED, Kind.REFUNDED]
SETTLERS = [Kind.SPENT, Kind.RELEASED, Kind.FORFEITED]


def wrong_reservations(now: dt.datetime) -> Iterator[str]:
    """Reservations that no session made, and sessions that lack one of theirs."""
    made = _keys("reserve:", [Kind.RESERVED])
    due: Counter[str] = Counter()
    for code, count in Appointment.objects.values_list("code", "reservation").iterator():
        due.update(f"{code}:{number}" for number in range(1, count + 1))
    for key in sorted(due - made):
        yield f"reservation {key} is not in the ledger"
    for key in sorted(made - due):
        yield f"reservation {key} belongs to no session"


def wrong_settlements(now: dt.datetime) -> Iterator[str]:
    """Reservations of past or former times left open, and settled ones of coming times."""
    settled = _keys("settle:", SETTLERS)
    # A missed session keeps its credit reserved until it is final.
    pending = set(
        NoShow.objects.filter(settled_at=None).values_list("appointment__code", flat=True)
    )
    rows = Appointment.objects.values_list("code", "reservation", "status").iterator()
    for code, count, status in rows:
        for number in range(1, count + 1):
            key = f"{code}:{number}"
            is_over = status in ENDED and code not in pending
            due = int(number < count or is_over)
            if settled[key] != due:
                yield f"reservation {key} of a session {status} is settled {settled[key]} times"


def wrong_costs(now: dt.datetime) -> Iterator[str]:
    """Endings whose cost is not what happened to the credit, or whose fee was never made due."""
    settled = dict(CreditEntry.objects.filter(kind__in=SETTLERS).values_list("cause", "kind"))
    fees = set(LateFee.objects.values_list("cause", flat=True))
    for ending in Ending.objects.select_related("appointment").iterator(chunk_size=2000):
        key = ending.appointment.reservation_key
        due = Kind.FORFEITED if ending.cost == Ending.Cost.CREDIT else Kind.RELEASED
        if settled.get(f"settle:{key}") != due:
            yield f"session {ending.appointment.code} cost “{ending.cost}”, not so the ledger"
        if (f"late:{key}" in fees) != (ending.cost == Ending.Cost.FEE):
            yield f"session {ending.appointment.code} cost “{ending.cost}”, not so the late fees"


def wrong_no_shows(now: dt.datetime) -> Iterator[str]:
    """Missed sessions without their mark, and settled marks whose cost the ledger does not show."""
    marked = set(NoShow.objects.values_list("appointment_id", flat=True))
    for pk, code, status in Appointment.objects.values_list("pk", "code", "status").iterator():
        if (status == Status.NO_SHOW) != (pk in marked):
            yield f"session {code}, {status}, has {'a' if pk in marked else 'no'} mark as missed"
    settled = dict(CreditEntry.objects.filter(kind__in=SETTLERS).values_list("cause", "kind"))
    fees = set(LateFee.objects.values_list("cause", flat=True))
    final = NoShow.objects.exclude(settled_at=None).select_related("appointment")
    for row in final.iterator(chunk_size=2000):
        key = row.appointment.reservation_key
        due = Kind.FORFEITED if row.cost == Ending.Cost.CREDIT else Kind.RELEASED
        is_fee = row.cost == Ending.Cost.FEE
        if settled.get(f"settle:{key}") != due or (f"late:{key}" in fees) != is_fee:
            yield f"missed session {row.appointment.code} cost “{row.cost}”, not so the ledger"


def wrong_held_sums(now: dt.datetime) -> Iterator[str]:
    """Rooms that hold more or fewer credits than active and undecided missed sessions need."""
    active = dict(
        Appointment.objects.filter(
            Q(status__in=ACTIVE) | Q(no_show__isnull=False, no_show__settled_at=None)
        )
        .values_list("room")
        .annotate(count=Count("pk"))
        .order_by()
    )
    held = CreditEntry.objects.values_list("room").annotate(sum=Sum("held")).order_by()
    sums = dict(held)
    codes = dict(Room.objects.values_list("pk", "code"))
    for room in sorted(active.keys() | sums.keys()):
        if active.get(room, 0) != sums.get(room, 0):
            yield f"room {codes[room]} holds {sums.get(room, 0)}, needs {active.get(room, 0)}"


def overdrawn_lots(now: dt.datetime) -> Iterator[str]:
    """Lots of which more was taken than they gave, or that another room took from."""
    taken = Coalesce(Sum("uses__available", filter=Q(uses__kind__in=TAKERS)), 0)
    lots = CreditEntry.objects.filter(available__gt=0).annotate(left=F("available") + taken)
    for lot in lots.filter(left__lt=0):
        yield f"lot {lot.pk} ({lot.cause}) is at {lot.left}"
    foreign = CreditEntry.objects.exclude(lot=None).exclude(lot__room=F("room"))
    for pk, cause in foreign.values_list("pk", "cause"):
        yield f"entry {pk} ({cause}) takes from another room's lot"


def _keys(prefix: str, kinds: list[Kind]) -> Counter[str]:
    causes = CreditEntry.objects.filter(kind__in=kinds).values_list("cause", flat=True)
    return Counter(cause.removeprefix(prefix) for cause in causes.iterator())
