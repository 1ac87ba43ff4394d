"""Many of staff look at once: each look is on record, and the log stays one chain."""

from functools import partial

import pytest

from tests.concurrency.clients import Browser, together
from tests.concurrency.conftest import Practice

pytestmark = pytest.mark.race

ROUNDS, TABS = 5, 8


def look(staff: Browser) -> int:
    """Open the outbox."""
    return staff.get("/staff/outbox/").status


def make_staff(practice: Practice) -> Browser:
    """Somebody of the practice, who has eight tabs."""
    visitor = practice.world.second_provider
    practice.database.change(
        f"UPDATE people_person SET is_staff = TRUE WHERE name = '{visitor.name}'"
    )
    return practice.browser(visitor)


def links(practice: Practice) -> list[tuple[int, str, str]]:
    """The rows of the log as (sequence, previous hash, hash)."""
    rows = practice.database.rows(
        "SELECT sequence, previous_hash, hash FROM core_auditrow ORDER BY sequence, id"
    )
    return [(int(sequence), str(before), str(own)) for sequence, before, own in rows]


def test_looks_at_the_same_moment_are_all_on_record_in_one_chain(practice: Practice) -> None:
    staff = make_staff(practice)

    for _round in range(ROUNDS):
        assert together([partial(look, staff)] * TABS) == [200] * TABS

    # `alcove check`, which ends each module of races, computes the hashes again.
    rows = links(practice)
    assert [sequence for sequence, _before, _own in rows] == list(range(1, ROUNDS * TABS + 1))
    assert [before for _sequence, before, _own in rows[1:]] == [own for _s, _b, own in rows[:-1]]
