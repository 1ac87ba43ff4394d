"""Two admins take each other's role away at once: one of them stays."""

from functools import partial

import pytest

from tests.concurrency.clients import Browser, together
from tests.concurrency.conftest import Practice

pytestmark = pytest.mark.race

ROUNDS = 5
Pair = tuple[Browser, Browser]


def make_admins(practice: Practice, number: int) -> Pair:
    """Two clients who are the only admins from now on."""
    practice.database.change("UPDATE people_person SET is_admin = FALSE")
    first, second = practice.clients[2 * number : 2 * number + 2]
    practice.database.change(
        "UPDATE people_person SET is_admin = TRUE WHERE name IN"
        f" ('{first.visitor.name}', '{second.visitor.name}')"
    )
    return first, second


def active_admins(practice: Practice) -> int:
    """How many can still set the practice up."""
    return int(
        practice.database.value(
            "SELECT count(*) FROM people_person WHERE is_admin = TRUE AND is_active = TRUE"
        )
    )


def deactivate_each_other(practice: Practice, pair: Pair) -> list[int]:
    """Both at the same moment; the statuses of the answers."""
    pks = [
        practice.database.value(f"SELECT id FROM people_person WHERE name = '{one.visitor.name}'")
        for one in reversed(pair)
    ]
    answers = together(
        [
            partial(one.post, f"/practice/people/{pk}/deactivate/", reason="A race")
            for one, pk in zip(pair, pks, strict=True)
        ]
    )
    return [answer.status for answer in answers]


def test_two_admins_who_deactivate_each_other_leave_one(practice: Practice) -> None:
    for number in range(ROUNDS):
        pair = make_admins(practice, number)

        statuses = deactivate_each_other(practice, pair)

        assert active_admins(practice) == 1
        # The other one was refused, or was signed out before they could act.
        assert statuses.count(302) >= 1
        assert set(statuses) <= {302, 404, 409}
