"""A refund that two admins ask for at once is made once."""

from functools import partial

import pytest

from tests.concurrency.clients import together
from tests.concurrency.conftest import Practice
from tests.concurrency.test_admins import make_admins

pytestmark = pytest.mark.race

ROUNDS = 5
CODES = "SELECT code FROM billing_purchase ORDER BY id"


def refund_at_once(practice: Practice, number: int) -> list[int]:
    """Two admins give the same payment for a plan back; the statuses of the answers."""
    admins = make_admins(practice, number)
    room = practice.clients[20].visitor.rooms[0]
    paid = admins[0].post(
        f"/staff/rooms/{room}/credits/", what="many", count="1", amount="80", note="Cash"
    )
    assert paid.status == 302, paid.words
    *_earlier, (code,) = practice.database.rows(CODES)
    answers = together(
        [
            partial(one.post, f"/staff/rooms/{room}/refund/{code}/", reason="Asked for")
            for one in admins
        ]
    )
    return [answer.status for answer in answers]


def refunds(practice: Practice) -> int:
    """How often money was given back."""
    return int(practice.database.value("SELECT COUNT(*) FROM billing_refund"))


def test_refund_asked_for_twice_at_once_is_made_once(practice: Practice) -> None:
    for number in range(ROUNDS):
        statuses = refund_at_once(practice, number)

        assert sorted(statuses) == [302, 409]
        assert refunds(practice) == number + 1
