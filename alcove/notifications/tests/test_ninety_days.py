"""Ninety days of reminders under a clock that jumps and a worker that dies, against an oracle.

Sessions are rows and their events: how they come about has its tests elsewhere. The days hold the
clock changes of New York and Berlin into summer, and the one of Sydney out of it.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from alcove.booking.models import Appointment
from alcove.core import events, jobs
from alcove.core.models import Event, Job
from alcove.notifications.actions.remind import REMINDER_DUE, make_reminders
from alcove.notifications.models import Delivery, Preferences, Reminder, default_leads
from alcove.people.models import Person, Practice
from alcove.rooms.models import Membership, Room
from tests.cast import make_person

BEGIN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DAYS = 90
SESSIONS = 240
LOOKS_EVERY = 60
MINUTE, HOUR, DAY = (dt.timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney")
LEADS: tuple[list[int] | None, ...] = (
    [1440, 60],
    None,
    [10080, 1440, 10],
    [120, 60, 30],
    [],
    [2880],
)
# Nobody runs for so long from then on: hours after the begin, and how many.
SILENCES = ((200, 3), (521, 30), (666, 11), (1033, 40), (1500, 1), (1777, 26))
# The clock is ahead or behind for so long: hours after the begin, how many, by how many.
STEPS = ((150, 2, 5), (400, 3, -2), (690, 1, 30), (1200, 2, -26), (1650, 4, 3), (1900, 1, -1))


@dataclass
class Life:
    """A confirmed session at one start: from its confirmation to its change, in numbers of looks."""

    start: dt.datetime
    confirmed_at: dt.datetime
    first: int
    last: int | None = None


@dataclass
class Booked:
    """One session, the people in it with their leads, and what became of it."""

    row: Appointment
    people: dict[Person, list[int]]
    lives: list[Life] = field(default_factory=list)


Key = tuple[int, dt.datetime, int, int]


@pytest.fixture
def rooms(db: None) -> list[Room]:
    """Rooms of people in every zone, each with leads of their own."""
    Practice.objects.create(name="Linden Practice")
    made = []
    for number in range(9):
        people = [
            make_person(f"{role}{number}", zone=ZONES[(number + shift) % 3])
            for shift, role in enumerate(("owner", "provider", "partner"))
        ]
        room = Room.objects.create(
            kind="couples", owner=people[0], provider=people[1], opened_at=BEGIN - DAY
        )
        for shift, role in enumerate(("owner", "provider", "partner")):
            person = people[shift]
            Membership.objects.create(room=room, person=person, role=role, joined_at=BEGIN - DAY)
            leads = LEADS[(4 * number + shift + 1) % len(LEADS)]
            if leads is not None:
                Preferences.objects.create(person=person, lead_minutes=leads)
        made.append(room)
    return made


class Simulation:
    """The days as they pass: changes of sessions, and looks of a worker at what is due."""

    def __init__(self, rooms: list[Room]) -> None:
        self.chance = random.Random(90)
        self.rooms = rooms
        self.booked: list[Booked] = []
        self.looks: list[dt.datetime] = []
        self.died: set[int] = set()

    def run(self) -> None:
        for at, is_change in self._moments():
            now = at + self._error(at)
            if is_change:
                self._change(now)
            elif not self._is_silent(at):
                self._look(now)

    def _moments(self) -> Iterator[tuple[dt.datetime, bool]]:
        """Looks about every half hour, changes in between; instants of a clock that is right."""
        minutes = DAYS * 24 * 60
        changes = {self.chance.randrange(minutes) for _ in range(SESSIONS * 2)}
        looks = set(range(0, minutes, LOOKS_EVERY)) | {
            self.chance.randrange(minutes) for _ in range(SESSIONS)
        }
        for minute in sorted(changes | looks):
            at = BEGIN + minute * MINUTE
            if minute in changes:
                yield at, True
            if minute in looks:
                yield at + 7 * dt.timedelta(seconds=1), False

    def _error(self, at: dt.datetime) -> dt.timedelta:
        for begins, hours, error in STEPS:
            if begins * HOUR <= at - BEGIN < (begins + hours) * HOUR:
                return error * HOUR
        return dt.timedelta()

    def _is_silent(self, at: dt.datetime) -> bool:
        return any(
            begins * HOUR <= at - BEGIN < (begins + hours) * HOUR for begins, hours in SILENCES
        )

    def _look(self, now: dt.datetime) -> None:
        make_reminders(now=now)
        # Now and then it is killed before it has told anybody; the next one does that.
        if self.chance.random() < 0.1:
            self.died.add(len(self.looks))
        else:
            jobs.run_due(max(now, *self._waiting_since()))
        self.looks.append(now)

    @staticmethod
    def _waiting_since() -> list[dt.datetime]:
        """What a dead worker left is done by a runner whose clock has caught up."""
        return [BEGIN, *Job.objects.values_list("run_at", flat=True)]

    def _change(self, now: dt.datetime) -> None:
        coming = [
            one
            for one in self.booked
            if one.lives[-1].last is None and one.lives[-1].start > now + MINUTE
        ]
        act = self.chance.choice(("book", "book", "book", "move", "cancel"))
        if act == "book" or not coming:
            self._book(now)
            return
        one = self.chance.choice(coming)
        one.lives[-1].last = len(self.looks)
        if act == "cancel":
            Appointment.objects.filter(pk=one.row.pk).update(status="cancelled")
            return
        former = [life.start for life in one.lives if life.start > now]
        start = self.chance.choice([self._some_start(now), *former])
        self._confirm(one, start, now)

    def _book(self, now: dt.datetime) -> None:
        room = self.chance.choice(self.rooms)
        start = self._some_start(now)
        row = Appointment.objects.create(
            room=room,
            provider=room.provider,
            booked_by=room.owner,
            modality="video",
            starts_at=start,
            ends_at=start + 45 * MINUTE,
            confirm_by=start,
            late_rule="credit",
            booked_at=now,
        )
        people = {
            member.person: leads_of(member.person)
            for member in room.memberships.select_related("person")
        }
        one = Booked(row, people)
        self.booked.append(one)
        self._confirm(one, start, now)

    def _confirm(self, one: Booked, start: dt.datetime, now: dt.datetime) -> None:
        Appointment.objects.filter(pk=one.row.pk).update(
            status="confirmed", starts_at=start, ends_at=start + 45 * MINUTE
        )
        Event.objects.create(
            kind="appointment.confirmed",
            subject=one.row.key,
            actor=events.SYSTEM,
            happened_at=now,
        )
        one.lives.append(Life(start, now, len(self.looks)))

    def _some_start(self, now: dt.datetime) -> dt.datetime:
        """A full quarter of an hour on somebody's wall, from minutes to two weeks ahead."""
        zone = ZoneInfo(self.chance.choice(ZONES))
        ahead = self.chance.choice((3 * HOUR, 30 * HOUR, 6 * DAY, 14 * DAY))
        wall = (now + self.chance.random() * ahead + 20 * MINUTE).astimezone(zone)
        wall = wall.replace(minute=wall.minute // 15 * 15, second=0, microsecond=0)
        return wall.astimezone(dt.UTC) + 15 * MINUTE


def leads_of(person: Person) -> list[int]:
    row = Preferences.objects.filter(person=person).first()
    return row.lead_minutes if row else default_leads()


def expected(simulation: Simulation) -> tuple[set[Key], set[Key]]:
    """What must have been found, and what of it must have been told, by intervals alone."""
    found: set[Key] = set()
    told: set[Key] = set()
    for one in simulation.booked:
        for life in one.lives:
            last = len(simulation.looks) if life.last is None else life.last
            for person, leads in one.people.items():
                for lead in leads:
                    key = (one.row.pk, life.start, person.pk, lead)
                    look = first_look(simulation, life, leads, lead, last)
                    if look is None or key in found:
                        continue
                    found.add(key)
                    # Found by a worker that died: told by the next one, if it holds then.
                    while look in simulation.died:
                        look += 1
                    if any(holds(other, life.start, look) for other in one.lives):
                        told.add(key)
    return found, told


def holds(life: Life, start: dt.datetime, look: int) -> bool:
    """Whether the session was confirmed for this start when that look was taken."""
    return life.start == start and life.first <= look and (life.last is None or look < life.last)


def first_look(
    simulation: Simulation, life: Life, leads: list[int], lead: int, last: int
) -> int | None:
    """The first look between the lead's moment and the next nearer one, in this life."""
    moment = life.start - lead * MINUTE
    if moment < life.confirmed_at:
        return None
    nearer = [other for other in leads if other < lead]
    until = life.start - max(nearer, default=0) * MINUTE
    looks = range(life.first, last)
    return next((look for look in looks if moment <= simulation.looks[look] < until), None)


def test_ninety_days_leave_no_reminder_out_and_none_twice(
    rooms: list[Room],
) -> None:
    simulation = Simulation(rooms)
    simulation.run()

    must_be_found, must_be_told = expected(simulation)
    rows = {
        (row.appointment_id, row.starts_at, row.person_id, row.lead_minutes): row.event_id
        for row in Reminder.objects.all()
    }
    assert set(rows) == must_be_found
    letters = Counter(
        Delivery.objects.filter(event__kind=REMINDER_DUE).values_list("event", "person")
    )
    told = {key for key, event in rows.items() if (event, key[2]) in letters}
    assert told == must_be_told
    assert set(letters.values()) == {1}
    assert len(letters) == len(told)
    # The run was worth its while.
    assert len(simulation.booked) > SESSIONS
    assert len(told) > 400
    assert len(simulation.died) > 100
    assert sum(len(one.lives) > 1 for one in simulation.booked) > 50


def test_letters_of_those_days_show_the_readers_wall_clock(rooms: list[Room]) -> None:
    """The hours round the changes, in each of the zones."""
    simulation = Simulation(rooms[:3])
    for day in (dt.date(2026, 3, 8), dt.date(2026, 3, 29), dt.date(2026, 4, 5)):
        for hour in range(24):
            start = dt.datetime.combine(day, dt.time(hour), dt.UTC)
            simulation._some_start = lambda _now, start=start: start  # type: ignore[method-assign, misc]
            simulation._book(start - 3 * DAY)
            simulation._look(start - DAY + MINUTE)

    letters = Delivery.objects.filter(event__kind=REMINDER_DUE).select_related("person", "event")
    assert letters.count() > 100
    for letter in letters:
        assert letter.person is not None
        start = dt.datetime.fromisoformat(letter.event.data["starts_at"])  # type: ignore[union-attr]
        shown = start.astimezone(letter.person.zone).strftime("%a, %b %-d, %-I:%M %p")
        assert shown in letter.text.replace("\u202f", " ")
