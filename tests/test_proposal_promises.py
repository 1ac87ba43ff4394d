"""What the database itself refuses about time proposals, whatever code runs."""

from typing import Any

import pytest

from alcove.booking.models import TimeProposal
from alcove.booking.tests.test_find_a_time import offer, wish
from tests.cast import NOW, Cast, at, book
from tests.untouched import insert, refused_by_the_database, run_sql

# SQLite names the columns of a unique index, PostgreSQL its name.
ONCE = "(?i)unique"


def columns(proposal: TimeProposal, **changes: Any) -> dict[str, Any]:
    """A row for another proposal of the same room."""
    return {
        "code": "ANOTHER",
        "room_id": proposal.room_id,
        "modality": "video",
        "length_minutes": 45,
        "state": "open",
        "version": 1,
        "opened_by_id": proposal.opened_by_id,
        "opened_at": NOW,
        "answer_by": at(5, 9),
        "words": "",
        **changes,
    }


@pytest.mark.parametrize("state", ["suggested", "open", "offered"])
def test_room_has_one_live_proposal(cast: Cast, state: str) -> None:
    proposal = wish(cast.room)

    with refused_by_the_database(ONCE):
        insert("booking_timeproposal", **columns(proposal, state=state))
    run_sql("UPDATE booking_timeproposal SET state = 'lapsed', remind_at = NULL")
    insert("booking_timeproposal", **columns(proposal, state=state))


def test_unknown_state_is_refused(cast: Cast) -> None:
    wish(cast.room)

    with refused_by_the_database("proposal_state_known"):
        run_sql("UPDATE booking_timeproposal SET state = 'maybe', remind_at = NULL")


def test_only_an_accepted_proposal_became_a_session(cast: Cast) -> None:
    wish(cast.room)
    session = book(cast.second_room, at(4, 15)).pk

    with refused_by_the_database("proposal_accepted_became_session"):
        run_sql("UPDATE booking_timeproposal SET state = 'accepted', remind_at = NULL")
    with refused_by_the_database("proposal_accepted_became_session"):
        run_sql(f"UPDATE booking_timeproposal SET became_id = {session}")


def test_only_what_is_open_is_reminded_of(cast: Cast) -> None:
    wish(cast.room)

    with refused_by_the_database("proposal_reminds_while_open"):
        run_sql("UPDATE booking_timeproposal SET state = 'offered'")


def test_nobody_has_two_wishes_in_one_proposal(cast: Cast) -> None:
    own = wish(cast.room).wishes.get()

    with refused_by_the_database(ONCE):
        insert(
            "booking_timewish",
            proposal_id=own.proposal_id,
            person_id=own.person_id,
            zone="UTC",
            words="",
            changed_at=NOW,
        )


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("weekday = 1", "wished_time_of_date_or_weekday"),
        ("date = NULL", "wished_time_of_date_or_weekday"),
        ("date = NULL, weekday = 7", "wished_time_of_date_or_weekday"),
        ("end_minute = start_minute", "wished_time_is_a_span"),
        ("end_minute = 1441", "wished_time_is_a_span"),
    ],
)
def test_wished_time_is_a_span_of_a_date_or_a_weekday(cast: Cast, change: str, name: str) -> None:
    wish(cast.room)

    with refused_by_the_database(name):
        run_sql(f"UPDATE booking_wishedtime SET {change}")


def test_three_times_are_offered_at_most(cast: Cast) -> None:
    proposal = offer(cast.room, at(4, 9), at(5, 9), at(6, 9))
    fourth = {"proposal_id": proposal.pk, "starts_at": at(9, 9)}

    for position in (0, 4):
        with refused_by_the_database("offered_times_are_three"):
            insert("booking_offeredtime", position=position, **fourth)
    with refused_by_the_database(ONCE):
        insert("booking_offeredtime", position=3, **fourth)


def test_two_offered_times_share_no_hold(cast: Cast) -> None:
    first = offer(cast.room, at(4, 9), at(5, 9)).offered.first()
    assert first

    with refused_by_the_database(ONCE):
        run_sql(f"UPDATE booking_offeredtime SET hold_id = {first.hold_id}")


def test_held_time_is_for_a_known_purpose(cast: Cast) -> None:
    offer(cast.room)

    with refused_by_the_database("hold_purpose_known"):
        run_sql("UPDATE booking_slothold SET purpose = 'fun'")


def test_offered_times_are_claimed_like_sessions(cast: Cast) -> None:
    offer(cast.room, at(4, 9))

    with refused_by_the_database("(?i)overlap"):
        insert(
            "booking_timeclaim",
            person_id=cast.client.pk,
            starts_at=at(4, 9, 30),
            ends_at=at(4, 10, 30),
            appointment_id=book(cast.second_room, at(11, 15)).pk,
        )
