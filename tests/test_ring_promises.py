"""What the database itself refuses about rings, whatever code runs."""

from typing import Any

import pytest

from alcove.availability.actions.become_available import become_available
from alcove.booking.models import Ring
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, at, book, ring
from tests.untouched import insert, refused_by_the_database, run_sql

# SQLite names the columns of a unique index, PostgreSQL its name.
ONCE = "(?i)unique"


@pytest.fixture
def ringing(cast: Cast) -> Ring:
    """The client rings the provider."""
    become_available(actor=cast.provider, minutes=60, now=NOW)
    return ring(cast.room)


def columns(ringing: Ring, room: Room, **changes: Any) -> dict[str, Any]:
    """A row for another ring, with a hold of its own that is a copy of the first one's."""
    run_sql(
        "INSERT INTO booking_slothold (code, room_id, held_by_id, modality, starts_at, ends_at,"
        " buffer_before_minutes, buffer_after_minutes, purpose, expires_at)"
        " SELECT 'ANOTHER', room_id, held_by_id, modality, starts_at, ends_at,"
        " buffer_before_minutes, buffer_after_minutes, purpose, expires_at FROM booking_slothold"
    )
    return {
        "code": "ANOTHER",
        "room_id": room.pk,
        "provider_id": room.provider_id,
        "rung_by_id": room.owner_id,
        "modality": "video",
        "length_minutes": 45,
        "hold_id": ringing.hold_id + 1 if ringing.hold_id else None,
        "rung_at": ringing.rung_at,
        "expires_at": ringing.expires_at,
        "answer": "",
        **changes,
    }


def test_provider_is_rung_once_at_a_time(cast: Cast, ringing: Ring) -> None:
    row = columns(ringing, cast.strangers_room)

    with refused_by_the_database(ONCE):
        insert("booking_ring", **row)
    run_sql(
        "UPDATE booking_ring SET answer = 'lapsed', answered_at = %s, hold_id = NULL WHERE id = %s",
        NOW,
        ringing.pk,
    )
    insert("booking_ring", **row)


def test_room_rings_once_at_a_time(cast: Cast, ringing: Ring) -> None:
    row = columns(ringing, cast.room, provider_id=cast.second_provider.pk)

    with refused_by_the_database(ONCE):
        insert("booking_ring", **row)


def test_two_rings_share_no_hold(cast: Cast, ringing: Ring) -> None:
    row = columns(ringing, cast.second_room, hold_id=ringing.hold_id)

    with refused_by_the_database(ONCE):
        insert("booking_ring", **row)


@pytest.mark.parametrize(
    "change",
    [
        "answer = 'declined', hold_id = NULL",
        "answer = 'declined', answered_at = rung_at",
        "answered_at = rung_at",
        "hold_id = NULL",
    ],
)
def test_ring_is_open_with_a_hold_or_answered_without(
    cast: Cast, ringing: Ring, change: str
) -> None:
    with refused_by_the_database("ring_is_open_or_answered"):
        run_sql(f"UPDATE booking_ring SET {change}")


def test_only_an_accepted_ring_became_a_session(cast: Cast, ringing: Ring) -> None:
    session = book(cast.second_room, at(4, 15)).pk
    settled = "answered_at = rung_at, hold_id = NULL"

    with refused_by_the_database("ring_accepted_became_session"):
        run_sql(f"UPDATE booking_ring SET answer = 'accepted', {settled}")
    with refused_by_the_database("ring_accepted_became_session"):
        run_sql(f"UPDATE booking_ring SET answer = 'lapsed', became_id = {session}, {settled}")


def test_unknown_answer_is_refused(cast: Cast, ringing: Ring) -> None:
    with refused_by_the_database("ring_answer_known"):
        run_sql("UPDATE booking_ring SET answer = 'busy', answered_at = rung_at, hold_id = NULL")


def test_ring_does_not_end_before_it_begins(cast: Cast, ringing: Ring) -> None:
    with refused_by_the_database("ring_expires_after_start"):
        run_sql("UPDATE booking_ring SET expires_at = rung_at")
