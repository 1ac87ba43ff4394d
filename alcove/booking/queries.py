"""Reads about booking: what a room can book, the free starts, the lists of sessions."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from alcove.availability.models import MINUTES_OF_DAY, ProviderCalendar
from alcove.availability.queries import load_absences, load_terms
from alcove.availability.slots import (
    Taken,
    Terms,
    WallSpan,
    free_starts,
    is_free,
    is_unobstructed,
    next_free_start,
)
from alcove.billing.models import Entitlement
from alcove.booking.access import appointments_of
from alcove.booking.errors import NotOffered, RoomNotBookable
from alcove.booking.models import ACTIVE, Appointment, NoShow, SlotHold, Status, TimeClaim
from alcove.booking.policies import (
    RING_LASTS,
    Obstacle,
    RoomFacts,
    common_offers,
    obstacle_to_booking,
)
from alcove.booking.wording import why_not_bookable
from alcove.core.clock import instant, seconds
from alcove.core.intervals import Interval
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room

# Far enough to see every session that buffers or the daily limit of an edge day can concern.
MARGIN = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class RoomTerms:
    """What a room can book, and what stands in the way."""

    room: Room
    practice: Practice
    calendar: ProviderCalendar | None
    entitlement: Entitlement | None
    offers: dict[str, list[int]]
    obstacle: Obstacle | None

    def require_bookable(self) -> tuple[ProviderCalendar, Entitlement]:
        """The provider's calendar and the coverage; RoomNotBookable says why there is none."""
        if self.obstacle or self.calendar is None or self.entitlement is None:
            obstacle = self.obstacle or "no_offers"
            raise RoomNotBookable(obstacle=obstacle, why=why_not_bookable(obstacle, self.room))
        return self.calendar, self.entitlement

    def require_offered(self, modality: str, length_minutes: int) -> None:
        """NotOffered unless plan and provider both include this."""
        if length_minutes not in self.offers.get(modality, []):
            raise NotOffered


def room_terms(room: Room, practice: Practice, now: dt.datetime) -> RoomTerms:
    """What this room can book at ``now``; no statement if it came from ``bookable_rooms_of``."""
    calendar = getattr(room.provider, "provider_calendar", None)
    entitlement = getattr(room, "entitlement", None)
    offers = (
        common_offers(entitlement.plan.offers, calendar.offers)
        if calendar is not None and entitlement is not None
        else {}
    )
    facts = RoomFacts(
        is_closed=room.closed_at is not None,
        is_covered_from=entitlement.starts_on if entitlement else None,
        is_covered_before=entitlement.ends_on if entitlement else None,
        is_unpaid=entitlement is not None and entitlement.state == Entitlement.State.UNPAID,
        provider_active=room.provider.is_active and calendar is not None,
        provider_on_leave_until=calendar.on_leave_until if calendar else None,
        has_offers=bool(offers),
    )
    today = now.astimezone(practice.zone).date()
    return RoomTerms(
        room=room,
        practice=practice,
        calendar=calendar,
        entitlement=entitlement,
        offers=offers,
        obstacle=obstacle_to_booking(facts, today),
    )


@dataclass(frozen=True, slots=True)
class OpenTimes:
    """A provider's terms and what is taken, from ``now`` (UTC seconds) up to the horizon."""

    terms: Terms
    taken: Taken
    now: int

    def starts(self, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
        """The free starts in [start, end), in order, in UTC."""
        found = free_starts(
            self.terms, self.taken, start=seconds(start), end=seconds(end), now=self.now
        )
        return [instant(second) for second in found]

    def next_start(self) -> dt.datetime | None:
        """The first free start of all."""
        found = next_free_start(self.terms, self.taken, now=self.now)
        return None if found is None else instant(found)


@dataclass(frozen=True, slots=True)
class SlotSearch:
    """One question for free starts: in this room, of this type and length, as of ``now``.

    ``moves`` is the appointment that would be moved: its own time does not stand in its way.
    """

    room: Room
    calendar: ProviderCalendar
    modality: str
    length_minutes: int
    now: dt.datetime
    moves: Appointment | None = None

    def starts(self, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
        """The free starts in [start, end), in order, in UTC; at most four statements."""
        terms = load_terms(self.calendar, self.modality, self.length_minutes)
        found = free_starts(
            terms,
            self._taken(start, end),
            start=seconds(start),
            end=seconds(end),
            now=seconds(self.now),
        )
        return [instant(second) for second in found]

    def starts_at_any_hour(self, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
        """As ``starts``, with every hour open: what the provider could offer by their own word.

        Notice, horizon and daily limit are not asked; time off, busy times, sessions and the step
        are.
        """
        terms = replace(
            load_terms(self.calendar, self.modality, self.length_minutes),
            weekly=((WallSpan(0, MINUTES_OF_DAY),),) * 7,
            overrides={},
            minimum_notice_minutes=0,
            horizon_days=(end - self.now).days + 1,
            daily_limit=None,
        )
        taken = self._taken(start, end)
        found = free_starts(
            terms, taken, start=seconds(start), end=seconds(end), now=seconds(self.now)
        )
        return [instant(second) for second in found]

    def next_start(self) -> dt.datetime | None:
        """The first free start within the provider's horizon; three statements."""
        return self.load().next_start()

    def load(self) -> "OpenTimes":
        """Everything up to the provider's horizon, to be asked about freely; three statements."""
        terms = load_terms(self.calendar, self.modality, self.length_minutes)
        horizon = self.now + dt.timedelta(days=self.calendar.horizon_days + 1)
        return OpenTimes(terms, self._taken(self.now, horizon), seconds(self.now))

    def is_free(self, starts_at: dt.datetime) -> bool:
        """Whether exactly this start is offered."""
        if starts_at.microsecond:
            # The engine counts whole seconds, and would take this for the second before.
            return False
        terms = load_terms(self.calendar, self.modality, self.length_minutes)
        taken = self._taken(starts_at, starts_at + dt.timedelta(minutes=self.length_minutes))
        return is_free(terms, taken, seconds(starts_at), now=seconds(self.now))

    def would_be_free(self, starts_at: dt.datetime) -> bool:
        """Whether this start is in the provider's hours, whatever has been booked."""
        terms = load_terms(self.calendar, self.modality, self.length_minutes)
        offered = is_free(terms, Taken(), seconds(starts_at), now=seconds(self.now))
        return offered and not starts_at.microsecond

    def lengths_free_at_once(self, lengths: Iterable[int]) -> list[int]:
        """Of these lengths in minutes those for which a session could be rung for at ``now`` (R16).

        Everybody must be free from now until the last moment at which a session that is accepted
        in time can end. Hours, step, notice and horizon are not asked; the daily limit, buffers and
        busy blocks are. Time off that has begun is overruled by the provider, who says to be here.
        Four statements, however many the lengths.
        """
        wanted = sorted(lengths)
        if not wanted:
            return []
        now = seconds(self.now)
        longest = self.now + dt.timedelta(minutes=wanted[-1]) + RING_LASTS
        found = self._taken(self.now, longest)
        taken = replace(found, time_off=[span for span in found.time_off if span[0] > now])
        terms = load_terms(self.calendar, self.modality, self.length_minutes)
        lasts = int(RING_LASTS.total_seconds()) // 60
        return [
            minutes
            for minutes in wanted
            if is_unobstructed(replace(terms, length_minutes=minutes + lasts), taken, now)
        ]

    def _taken(self, start: dt.datetime, end: dt.datetime) -> Taken:
        reach = self._reach()
        absences = load_absences(self.calendar, start - reach, end + reach)
        provider, members, starts = self._claims(start - reach, end + reach)
        over = self._sessions_over() if start - MARGIN < self.now else []
        return Taken(
            time_off=absences.time_off,
            provider_busy=provider + absences.busy + [span for span, _ in over],
            members_busy=members,
            starts=starts + [start for _, start in over],
        )

    def _reach(self) -> dt.timedelta:
        """How far beyond a span what is taken can matter: the buffers, or a day that can be full.

        Claims carry their own buffers, so only the candidate's reach out to them.
        """
        if self.calendar.daily_limit is not None:
            return MARGIN
        minutes = max(self.calendar.buffer_before_minutes, self.calendar.buffer_after_minutes)
        return dt.timedelta(minutes=minutes + self.length_minutes)

    def _sessions_over(self) -> list[tuple[Interval, int]]:
        """The provider's sessions that took place lately: their span with its buffers, their start.

        They claim no time any more, and still count towards their day and for the rest after.
        """
        sessions = Appointment.objects.filter(
            provider_id=self.room.provider_id,
            status__in=[Status.COMPLETED, Status.NO_SHOW],
            starts_at__gt=self.now - MARGIN,
            starts_at__lte=self.now,
        ).values_list("starts_at", "ends_at", "buffer_before_minutes", "buffer_after_minutes")
        return [
            ((seconds(begin) - before * 60, seconds(end) + after * 60), seconds(begin))
            for begin, end, before, after in sessions
        ]

    def _claims(
        self, start: dt.datetime, end: dt.datetime
    ) -> tuple[list[Interval], list[Interval], list[int]]:
        """The provider's claims, the other members', and the starts of the provider's sessions.

        The time that the room keeps for review is left out, for choosing another one gives it up.
        """
        claims = TimeClaim.objects.filter(
            Q(expires_at=None) | Q(expires_at__gt=self.now),
            person__memberships__room=self.room,
            starts_at__lt=end,
            ends_at__gt=start,
        ).exclude(hold__isnull=False, hold__room=self.room, hold__purpose=SlotHold.Purpose.REVIEW)
        if self.moves is not None:
            claims = claims.exclude(appointment=self.moves)
        provider: list[Interval] = []
        members: list[Interval] = []
        starts: dict[tuple[int | None, int | None], int] = {}
        rows = claims.annotate(
            session_at=Coalesce("appointment__starts_at", "hold__starts_at"),
            treats=Coalesce("appointment__provider_id", "hold__room__provider_id"),
        ).values_list(
            "person_id", "starts_at", "ends_at", "appointment_id", "hold_id", "session_at", "treats"
        )
        for person, begin, end_of, appointment, hold, session_at, treats in rows:
            span = (seconds(begin), seconds(end_of))
            if person != self.room.provider_id:
                members.append(span)
                continue
            provider.append(span)
            # Sessions in which a provider is somebody's client do not count for their day.
            if treats == person:
                starts[appointment, hold] = seconds(session_at)
        return provider, members, list(starts.values())


def upcoming(
    person: Person, now: dt.datetime, *, grace: dt.timedelta = dt.timedelta()
) -> QuerySet[Appointment]:
    """The person's booked sessions that are not over, next first (R1).

    With the practice's grace, a session stays among them as long as it can be joined.
    """
    return (
        appointments_of(person)
        .filter(ends_at__gt=now - grace, status__in=ACTIVE)
        .order_by("starts_at")
    )


def past(
    person: Person, now: dt.datetime, *, grace: dt.timedelta = dt.timedelta()
) -> QuerySet[Appointment]:
    """What was and what ended early, latest first; together with ``upcoming`` it is all."""
    over = Q(ends_at__lte=now - grace) | ~Q(status__in=ACTIVE)
    return appointments_of(person).filter(over).order_by("-starts_at")


def open_doors(person: Person, practice: Practice, now: dt.datetime) -> QuerySet[Appointment]:
    """The person's sessions that can be joined at ``now`` (R14), the earlier start first."""
    return (
        appointments_of(person)
        .filter(
            status=Status.CONFIRMED,
            starts_at__lte=now + dt.timedelta(minutes=practice.join_before_minutes),
            ends_at__gt=now - dt.timedelta(minutes=practice.join_after_minutes),
        )
        .order_by("starts_at")
    )


def next_free_times(
    appointment: Appointment, practice: Practice, *, number: int, now: dt.datetime
) -> list[dt.datetime]:
    """The next free starts for a session like this one, apart by its length at least; in UTC.

    None where the room cannot be booked now.
    """
    terms = room_terms(appointment.room, practice, now)
    length = appointment.length_minutes
    if terms.obstacle or length not in terms.offers.get(appointment.modality, []):
        return []
    calendar, _entitlement = terms.require_bookable()
    search = SlotSearch(appointment.room, calendar, appointment.modality, length, now)
    horizon = now + dt.timedelta(days=calendar.horizon_days + 1)
    found: list[dt.datetime] = []
    for start in search.starts(now, horizon):
        if not found or start >= found[-1] + appointment.length:
            found.append(start)
    return found[:number]


def requests_for(provider: Person) -> QuerySet[Appointment]:
    """What this provider has to answer, the earliest deadline first (R9)."""
    return (
        appointments_of(provider)
        .filter(provider=provider, status=Status.REQUESTED)
        .order_by("confirm_by", "starts_at")
    )


def disputes() -> QuerySet[NoShow]:
    """Every disputed no-show: those that wait for a decision first, the oldest of them on top."""
    return (
        NoShow.objects.filter(disputed_at__isnull=False)
        .select_related(
            "appointment__provider",
            "appointment__room__owner",
            "disputed_by",
            "marked_by",
            "decided_by",
        )
        .order_by(F("decided_at").desc(nulls_first=True), "disputed_at")
    )
