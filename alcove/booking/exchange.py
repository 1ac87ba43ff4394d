"""Reads about time proposals: what clients wish, what a provider could offer them (R6)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import F, FilteredRelation, Prefetch, Q, QuerySet

from alcove.availability.models import ProviderCalendar
from alcove.availability.queries import load_absences, load_terms
from alcove.availability.slots import WallSpan, hours
from alcove.booking.access import proposals_of
from alcove.booking.models import LIVE, TimeClaim, TimeProposal, TimeWish
from alcove.booking.picture import Week, weeks_of
from alcove.booking.queries import SlotSearch
from alcove.booking.wishes import REACH, WEEKS, Wished, common_stretches, wished_stretches
from alcove.core.clock import instant, seconds
from alcove.core.intervals import Interval, union
from alcove.people.models import Person
from alcove.rooms.models import Membership, Room

TimeProposals = QuerySet[TimeProposal]

MOST_OF_A_DAY = 10


def live_proposal(room: Room) -> TimeProposal | None:
    """The exchange that is under way in this room, with its wishes and offered times."""
    return with_times(TimeProposal.objects.filter(room=room, state__in=LIVE)).first()


def with_times(proposals: TimeProposals) -> TimeProposals:
    """The same with everybody's wishes and the offered times; three more statements."""
    wishes = TimeWish.objects.select_related("person").prefetch_related("times").order_by("id")
    return proposals.prefetch_related(Prefetch("wishes", queryset=wishes), "offered__hold")


def exchanges_of(provider: Person, now: dt.datetime) -> TimeProposals:
    """What waits for this provider's times or for a client's choice, the earliest end first."""
    waits = [TimeProposal.State.OPEN, TimeProposal.State.OFFERED]
    return (
        proposals_of(provider)
        .filter(room__provider=provider, state__in=waits, answer_by__gt=now)
        .order_by("answer_by")
    )


def with_exchange(roles: QuerySet[Membership], now: dt.datetime) -> QuerySet[Membership]:
    """Memberships with their rooms and the exchange under way in each, in one statement.

    ``exchange_code``, ``exchange_state`` and ``exchange_until`` are None where there is none.
    """
    live = Q(room__proposals__state__in=LIVE, room__proposals__answer_by__gt=now)
    return roles.select_related("room__owner", "room__provider").annotate(
        exchange=FilteredRelation("room__proposals", condition=live),
        exchange_code=F("exchange__code"),
        exchange_state=F("exchange__state"),
        exchange_until=F("exchange__answer_by"),
    )


def wished_of(wish: TimeWish) -> list[Wished]:
    """A stored wish as plain values."""
    return [
        Wished(
            time.date if time.date is not None else int(time.weekday or 0),
            WallSpan(time.start_minute, time.end_minute),
        )
        for time in wish.times.all()
    ]


def stretches_of(wish: TimeWish, now: dt.datetime) -> list[Interval]:
    """When somebody would be free from now on, as far as wishes reach."""
    return wished_stretches(wished_of(wish), wish.zone_info, seconds(now), seconds(now + REACH))


@dataclass(frozen=True, slots=True)
class FittingDay:
    """The starts of one of the provider's dates that suit; ``outside`` lie beyond their hours."""

    date: dt.date
    starts: list[dt.datetime]
    outside: frozenset[dt.datetime]


def fitting_days(
    search: SlotSearch, wishes: Iterable[TimeWish], provider: Person, now: dt.datetime
) -> list[FittingDay]:
    """Starts at which all who marked times are free and nobody has anything else, by date.

    The provider's hours are not asked, so that unpublished ones are among them. The starts of a
    date lie so far apart that any of them can be offered together; others can be typed.
    """
    suits = common_stretches([stretches_of(wish, now) for wish in wishes])
    if not suits:
        return []
    length = search.length_minutes * 60
    rests = search.calendar.buffer_before_minutes + search.calendar.buffer_after_minutes
    apart = dt.timedelta(minutes=search.length_minutes + rests)
    published = set(search.starts(now, now + REACH))
    starts = [
        start
        for start in search.starts_at_any_hour(now, now + REACH)
        if _holds(suits, seconds(start), seconds(start) + length)
    ]
    found = []
    for date, of_day in groupby(starts, lambda start: start.astimezone(provider.zone).date()):
        kept: list[dt.datetime] = []
        for start in of_day:
            if (not kept or start >= kept[-1] + apart) and len(kept) < MOST_OF_A_DAY:
                kept.append(start)
        found.append(FittingDay(date, kept, frozenset(kept) - published))
    return found


def suiting(
    starts: Iterable[dt.datetime],
    length: dt.timedelta,
    wishes: Iterable[TimeWish],
    now: dt.datetime,
) -> list[dt.datetime]:
    """Of these starts, those at which everybody whose wishes these are would be free."""
    suits = common_stretches([stretches_of(wish, now) for wish in wishes])
    return [start for start in starts if _holds(suits, seconds(start), seconds(start + length))]


def _holds(stretches: Iterable[Interval], start: int, end: int) -> bool:
    return any(opens <= start and end <= closes for opens, closes in stretches)


def picture_for(
    calendar: ProviderCalendar,
    modality: str,
    length_minutes: int,
    wishes: Iterable[TimeWish],
    reader: Person,
    now: dt.datetime,
) -> list[Week]:
    """The provider's own weeks with the wishes over them, in the reader's zone; four statements.

    Layers: ``hours`` (published), ``off``, ``taken`` (sessions and what is held, with buffers),
    ``wish`` (somebody is free) and ``common`` (all who marked times are).
    """
    first = now.astimezone(reader.zone).date()
    start, end = seconds(now) // 86_400 * 86_400 - 86_400, seconds(now + REACH) + 86_400
    absences = load_absences(calendar, instant(start), instant(end))
    claims = TimeClaim.objects.filter(
        person=calendar.provider_id, starts_at__lt=instant(end), ends_at__gt=now
    ).values_list("starts_at", "ends_at", "expires_at")
    taken = [
        (seconds(begin), seconds(until))
        for begin, until, expires in claims
        if expires is None or expires > now
    ]
    by_person = [stretches_of(wish, now) for wish in wishes]
    layers: Mapping[str, list[Interval]] = {
        "hours": hours(load_terms(calendar, modality, length_minutes), start, end),
        "off": absences.time_off + absences.busy,
        "wish": union(span for spans in by_person for span in spans),
        "common": common_stretches(by_person) if len(by_person) > 1 else [],
        "taken": taken,
    }
    return weeks_of(layers, reader.zone, first, WEEKS)
