"""What the tables themselves say after a race, read in plain SQL."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from tests.concurrency.databases import Database, instant

ACTIVE = "('requested', 'confirmed')"


def overlaps(database: Database) -> list[tuple[int, dt.datetime]]:
    """Who is wanted at two places at once, and when: by claims, then by the sessions themselves."""
    claims = database.rows("SELECT person_id, starts_at, ends_at FROM booking_timeclaim")
    sessions = database.rows(
        "SELECT member.person_id, session.starts_at, session.ends_at"
        " FROM booking_appointment session"
        " JOIN rooms_membership member ON member.room_id = session.room_id"
        f" WHERE session.status IN {ACTIVE}"
    )
    found = []
    for rows in (claims, sessions):
        spans = defaultdict(list)
        for person, starts_at, ends_at in rows:
            spans[person].append((instant(starts_at), instant(ends_at)))
        found += [
            (person, later[0])
            for person, taken in spans.items()
            for earlier, later in pairwise(sorted(taken))
            if later[0] < earlier[1]
        ]
    return found


def claims_over(database: Database, starts_at: dt.datetime, ends_at: dt.datetime) -> int:
    """How many claims of anybody lie in this stretch."""
    rows = database.rows("SELECT starts_at, ends_at FROM booking_timeclaim")
    return sum(instant(start) < ends_at and instant(end) > starts_at for start, end in rows)


def sessions_at(database: Database, starts_at: dt.datetime) -> list[str]:
    """The codes of the active sessions that start then."""
    rows = database.rows(
        f"SELECT code, starts_at FROM booking_appointment WHERE status IN {ACTIVE}"
    )
    return [code for code, start in rows if instant(start) == starts_at]


def open_rings(database: Database) -> list[str]:
    """The codes of the rings that wait for an answer."""
    return [code for (code,) in database.rows("SELECT code FROM booking_ring WHERE answer = ''")]


def answer_of(database: Database, ring: str) -> str:
    """How a ring was answered."""
    return str(database.value(f"SELECT answer FROM booking_ring WHERE code = '{ring}'"))


def exchange_state(database: Database, code: str) -> str:
    """Where an exchange about a time stands."""
    return str(database.value(f"SELECT state FROM booking_timeproposal WHERE code = '{code}'"))


def steps_of(database: Database, code: str) -> list[str]:
    """The kinds of an exchange's events, in order."""
    rows = database.rows(
        f"SELECT kind FROM core_event WHERE subject = 'proposal:{code}' ORDER BY id"
    )
    return [kind for (kind,) in rows]


def told_of_ring(database: Database, ring: str) -> list[str]:
    """What happened to a ring, by its events, in order and without the prefix."""
    rows = database.rows(f"SELECT kind FROM core_event WHERE subject = 'ring:{ring}' ORDER BY id")
    return [kind.removeprefix("ring.") for (kind,) in rows]


@dataclass(frozen=True)
class State:
    """An appointment as its row has it."""

    status: str
    starts_at: dt.datetime


def state_of(database: Database, code: str) -> State:
    """The present state of an appointment."""
    [(status, starts_at)] = database.rows(
        f"SELECT status, starts_at FROM booking_appointment WHERE code = '{code}'"
    )
    return State(status, instant(starts_at))


def told(database: Database, code: str) -> list[str]:
    """What happened to an appointment, by its events, in order and without the prefix."""
    rows = database.rows(
        f"SELECT kind FROM core_event WHERE subject = 'appointment:{code}' ORDER BY id"
    )
    return [kind.removeprefix("appointment.") for (kind,) in rows]


def ledger_of(database: Database, code: str) -> list[str]:
    """The kinds of the ledger's entries about an appointment's reservations, in order."""
    rows = database.rows(
        f"SELECT kind FROM billing_creditentry WHERE cause LIKE '%:{code}:%' ORDER BY id"
    )
    return [kind for (kind,) in rows]


def endings_of(database: Database, code: str) -> int:
    """How many endings an appointment has."""
    return int(
        database.value(
            "SELECT COUNT(*) FROM booking_ending ending JOIN booking_appointment session"
            f" ON session.id = ending.appointment_id WHERE session.code = '{code}'"
        )
    )


@dataclass(frozen=True)
class Credits:
    """The sums of a room's ledger."""

    available: int
    held: int


def credits_of(database: Database, room: str) -> Credits:
    """What a room's entries add up to."""
    [(available, held)] = database.rows(
        "SELECT SUM(entry.available), SUM(entry.held) FROM billing_creditentry entry"
        f" JOIN rooms_room room ON room.id = entry.room_id WHERE room.code = '{room}'"
    )
    return Credits(int(available), int(held))


def partners_of(database: Database, room: str) -> tuple[int, list[str]]:
    """How many partners a room has, and what happened to its members."""
    partners = database.value(
        "SELECT COUNT(*) FROM rooms_membership member JOIN rooms_room room"
        f" ON room.id = member.room_id WHERE room.code = '{room}' AND member.role = 'partner'"
    )
    rows = database.rows(f"SELECT kind FROM core_event WHERE subject = 'room:{room}' ORDER BY id")
    return int(partners), [kind for (kind,) in rows]


def members_without_claims(database: Database, code: str) -> int:
    """How many members of its room have no time claimed for an appointment."""
    return int(
        database.value(
            "SELECT COUNT(*) FROM rooms_membership member"
            " JOIN booking_appointment session ON session.room_id = member.room_id"
            f" WHERE session.code = '{code}' AND NOT EXISTS ("
            " SELECT 1 FROM booking_timeclaim claim WHERE claim.appointment_id = session.id"
            " AND claim.person_id = member.person_id)"
        )
    )
