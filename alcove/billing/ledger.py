"""The credit ledger of a room: entries are added, never edited; a balance is a sum.

reserve → spend | release | forfeit (→ restore). A reservation is named by an opaque key; the
database lets each key be reserved once and settled once, and refuses an overdrawn lot.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from alcove.billing.errors import NotEnoughCredits
from alcove.billing.models import CreditEntry
from alcove.rooms.models import Room

Kind = CreditEntry.Kind

# A credit that comes back stays good at least this long, so that a return is worth something
# even when its period ended in the meantime.
RETURNED_IS_GOOD_FOR = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Balance:
    """Credits that can be used now, and credits held by coming sessions."""

    available: int
    held: int


def _with_left(entries: QuerySet[CreditEntry]) -> QuerySet[Any]:
    """Of these entries the lots that still hold something, with ``left`` saying how much."""
    taken = Sum(
        "uses__available",
        filter=Q(uses__kind__in=[Kind.RESERVED, Kind.EXPIRED, Kind.REFUNDED]),
    )
    return (
        entries.filter(available__gt=0)
        .annotate(left=F("available") + Coalesce(taken, 0))
        .filter(left__gt=0)
    )


def lots(room: Room, now: dt.datetime) -> QuerySet[Any]:
    """The room's lots that still hold something and are good at ``now``, soonest end first."""
    good = CreditEntry.objects.filter(room=room).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    return _with_left(good).order_by(F("expires_at").asc(nulls_last=True), "id")


def balance(room: Room, now: dt.datetime) -> Balance:
    """What the entries add up to at ``now``; a lot past its end counts no more."""
    held = CreditEntry.objects.filter(room=room).aggregate(sum=Coalesce(Sum("held"), 0))["sum"]
    return Balance(available=sum(lots(room, now).values_list("left", flat=True)), held=held)


def grant(
    room: Room, count: int, *, cause: str, expires_at: dt.datetime | None, now: dt.datetime
) -> bool:
    """Add the credits of one cause; False when that cause has granted before."""
    return _add_lot(Kind.GRANTED, room, count, cause, expires_at, now)


def buy(
    room: Room, count: int, *, cause: str, expires_at: dt.datetime | None, now: dt.datetime
) -> bool:
    """Add credits that were paid for; False when that cause has brought them before.

    ``cause`` is ``buy:`` and the code of a paid purchase: the database asks for it.
    """
    return _add_lot(Kind.BOUGHT, room, count, cause, expires_at, now)


def has_entry(cause: str) -> bool:
    """Whether this cause has had its entry."""
    return CreditEntry.objects.filter(cause=cause).exists()


def take_back(cause: str, *, refund: str, now: dt.datetime) -> int:
    """Take what is left of the lot of ``cause`` out of the ledger, to be refunded; return how many.

    What was used of it and came back counts as left. Entries are caused by ``refund`` and their
    lot. Callers lock the room first.
    """
    count = 0
    for lot in _left_of(cause):
        CreditEntry.objects.create(
            room_id=lot.room_id,
            kind=Kind.REFUNDED,
            available=-lot.left,
            lot_id=lot.pk,
            cause=f"{refund}:{lot.pk}",
            written_at=now,
        )
        count += lot.left
    return count


def unused(cause: str) -> int:
    """How many credits ``take_back`` would take."""
    return sum(lot.left for lot in _left_of(cause))


def _left_of(cause: str) -> QuerySet[Any]:
    family = set(CreditEntry.objects.filter(cause=cause).values_list("pk", flat=True))
    while True:
        back = CreditEntry.objects.filter(lot__in=family, kind__in=[Kind.RELEASED, Kind.RESTORED])
        grown = family | set(back.values_list("pk", flat=True))
        if grown == family:
            break
        family = grown
    return _with_left(CreditEntry.objects.filter(pk__in=family))


def reserve(room: Room, key: str, *, now: dt.datetime) -> None:
    """Hold one credit for the reservation ``key``, from the lot that ends first.

    Raises NotEnoughCredits. Callers lock the room first, so that two reservations queue up; the
    overdraw trigger has the last word.
    """
    lot = lots(room, now).first()
    if lot is None:
        raise NotEnoughCredits
    CreditEntry.objects.create(
        room=room,
        kind=Kind.RESERVED,
        available=-1,
        held=1,
        lot=lot,
        cause=f"reserve:{key}",
        written_at=now,
    )


def spend(key: str, *, now: dt.datetime) -> None:
    """The session took place: the held credit is gone."""
    _settle(key, Kind.SPENT, now)


def forfeit(key: str, *, now: dt.datetime) -> None:
    """A late change lost the held credit."""
    _settle(key, Kind.FORFEITED, now)


def release(key: str, *, now: dt.datetime) -> None:
    """The held credit comes back."""
    _settle(key, Kind.RELEASED, now)


def restore(key: str, *, now: dt.datetime) -> bool:
    """Give back a forfeited credit; False when it was given back before."""
    forfeited = CreditEntry.objects.select_related("lot").get(
        cause=f"settle:{key}", kind=Kind.FORFEITED
    )
    return _add_once(
        CreditEntry(
            room_id=forfeited.room_id,
            kind=Kind.RESTORED,
            available=1,
            lot=forfeited.lot,
            cause=f"restore:{key}",
            expires_at=_good_until(forfeited, now),
            written_at=now,
        )
    )


def expire(now: dt.datetime) -> int:
    """Write off what is left of lots past their end; return how many lots that were."""
    count = 0
    ended = _with_left(CreditEntry.objects.filter(expires_at__lte=now))
    for lot, room, left in ended.values_list("pk", "room_id", "left"):
        count += _add_once(
            CreditEntry(
                room_id=room,
                kind=Kind.EXPIRED,
                available=-left,
                lot_id=lot,
                cause=f"expire:{lot}",
                written_at=now,
            )
        )
    return count


def _settle(key: str, kind: str, now: dt.datetime) -> None:
    reserved = CreditEntry.objects.select_related("lot").get(cause=f"reserve:{key}")
    returns = kind == Kind.RELEASED
    CreditEntry.objects.create(
        room_id=reserved.room_id,
        kind=kind,
        available=1 if returns else 0,
        held=-1,
        lot=reserved.lot,
        cause=f"settle:{key}",
        expires_at=_good_until(reserved, now) if returns else None,
        written_at=now,
    )


def _good_until(entry: CreditEntry, now: dt.datetime) -> dt.datetime | None:
    """Until when a returned credit is good: its lot's end, or a fair while from now."""
    ends = entry.lot.expires_at if entry.lot else None
    return None if ends is None else max(ends, now + RETURNED_IS_GOOD_FOR)


def _add_lot(
    kind: str,
    room: Room,
    count: int,
    cause: str,
    expires_at: dt.datetime | None,
    now: dt.datetime,
) -> bool:
    entry = CreditEntry(
        room=room,
        kind=kind,
        available=count,
        cause=cause,
        expires_at=expires_at,
        written_at=now,
    )
    return _add_once(entry)


def _add_once(entry: CreditEntry) -> bool:
    """Add the entry unless its cause has one; True when it was added."""
    if has_entry(entry.cause):
        return False
    CreditEntry.objects.bulk_create([entry], ignore_conflicts=True)
    return CreditEntry.objects.filter(cause=entry.cause, written_at=entry.written_at).exists()
