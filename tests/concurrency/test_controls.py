"""The controls: without its guard each race happens, so the tests beside this one can fail."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial

import httpx
import pytest

from tests.concurrency.clients import Answer, together
from tests.concurrency.conftest import Original, Practice
from tests.concurrency.databases import copy_of
from tests.concurrency.facts import (
    credits_of,
    open_rings,
    overlaps,
    sessions_at,
    state_of,
    told,
)
from tests.concurrency.server import serving
from tests.concurrency.test_admins import active_admins, deactivate_each_other, make_admins
from tests.concurrency.test_audit import links, look, make_staff
from tests.concurrency.test_refunds import refund_at_once, refunds

pytestmark = pytest.mark.race

Without = Callable[..., Practice]


@pytest.fixture(scope="module")
def practice_without(
    original: Original, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Without]:
    """A function that opens the practice whose server lacks the guards named."""
    with ExitStack() as stack:

        @cache
        def open_one(*guards: str) -> Practice:
            folder = tmp_path_factory.mktemp("without")
            database = stack.enter_context(copy_of(original[0], folder))
            server = stack.enter_context(serving(database, without=guards))
            practice = Practice(server, original[1])
            stack.callback(practice.close)
            return practice

        yield open_one


def hold_at_once(practice: Practice) -> list[Answer]:
    """Eight clients want the same time; the answers to their choosing it."""
    slot = practice.new_time()
    return together([partial(client.hold, slot) for client in practice.clients[:8]])


def test_without_queue_and_overlap_guard_a_time_is_sold_several_times(
    practice_without: Without,
) -> None:
    practice = practice_without("queue", "overlap")

    answers = hold_at_once(practice)

    assert [answer.status for answer in answers].count(302) > 1
    assert overlaps(practice.database) != []


def test_without_queue_the_overlap_guard_alone_sells_a_time_once(
    practice_without: Without,
) -> None:
    practice = practice_without("queue")

    answers = hold_at_once(practice)

    assert [answer.status for answer in answers].count(302) <= 1
    assert overlaps(practice.database) == []


def test_without_overlap_guard_the_queue_alone_sells_a_time_once(
    practice_without: Without,
) -> None:
    practice = practice_without("overlap")

    answers = hold_at_once(practice)

    assert sorted(answer.status for answer in answers) == [302] + [409] * 7
    assert overlaps(practice.database) == []


def test_without_step_condition_one_request_is_both_confirmed_and_cancelled(
    practice_without: Without,
) -> None:
    practice = practice_without("step", "queue")
    client = practice.clients[0]
    code = client.booked(practice.new_near_time())

    answers = together(
        [
            partial(practice.provider.confirm, code),
            partial(client.cancel, code, reason=practice.world.reason),
        ]
    )

    assert [answer.status for answer in answers] == [302, 302]
    assert sorted(told(practice.database, code)) == ["cancelled", "confirmed", "requested"]


def test_without_step_condition_one_request_is_confirmed_twice(practice_without: Without) -> None:
    practice = practice_without("step", "queue")
    code = practice.clients[0].booked(practice.new_time())

    answers = together([partial(practice.provider.confirm, code)] * 2)

    assert [answer.status for answer in answers] == [302, 302]
    assert told(practice.database, code) == ["requested", "confirmed", "confirmed"]


def test_without_key_guard_repetitions_of_one_request_are_answered_differently(
    practice_without: Without,
) -> None:
    practice = practice_without("key")
    client = practice.clients[0]
    code, key = client.booked(practice.new_time()), uuid.uuid4().hex

    answers = together([partial(client.cancel, code, reason=practice.world.reason, key=key)] * 4)

    assert {answer.status for answer in answers} == {302, 409}


def test_without_queue_and_overdraw_guard_the_last_credit_is_used_twice(
    practice_without: Without,
) -> None:
    practice = practice_without("queue", "overdraw")
    client, room = practice.browser(practice.world.poor), practice.world.poor.rooms[1]
    code = client.booked(practice.new_near_time(), room=1)
    assert practice.browser(practice.world.second_provider).confirm(code).status == 302
    assert credits_of(practice.database, room).available == 1
    move = client.hold_to_move(code, practice.new_time())
    new = practice.new_time()

    def book_while_moving() -> Answer:
        # The move has looked at its hold and is about to be made.
        time.sleep(0.1)
        return client.book(client.hold(new, room=1).code)

    acts: list[Callable[[], Answer]] = [
        partial(client.move, move.code, agreed="credit"),
        book_while_moving,
    ]
    answers = together(acts)

    assert [answer.status for answer in answers] == [302, 302]
    assert credits_of(practice.database, room).available == -1


def test_without_queue_and_condition_one_offer_becomes_two_sessions(
    practice_without: Without,
) -> None:
    practice = practice_without("queue", "exchange")
    client, times = practice.clients[0], [practice.new_time(), practice.new_time()]
    offer = practice.provider.offer(client.visitor.rooms[0], *times)
    assert offer.status == 302, offer.words

    together([partial(client.accept, offer.code, start) for start in times])

    assert [len(sessions_at(practice.database, start)) for start in times] == [1, 1]


def ring_at_once(practice: Practice) -> list[Answer]:
    """Eight clients ring the same provider; the answers to that."""
    assert practice.provider.be_available().status == 302
    return together([partial(client.ring) for client in practice.clients[:8]])


def test_without_queue_and_guards_a_provider_is_rung_by_several_at_once(
    practice_without: Without,
) -> None:
    practice = practice_without("queue", "overlap", "ring")

    answers = ring_at_once(practice)

    assert [answer.status for answer in answers].count(302) > 1
    assert len(open_rings(practice.database)) > 1


def test_without_queue_and_overlap_guard_the_ring_guard_alone_lets_one_ring(
    practice_without: Without,
) -> None:
    practice = practice_without("queue", "overlap")

    ring_at_once(practice)

    assert len(open_rings(practice.database)) == 1


def test_without_transactions_a_killed_server_leaves_half_a_booking(
    practice_without: Without,
) -> None:
    practice = practice_without("transactions")
    client, slot = practice.clients[0], practice.new_time()
    hold = client.hold(slot).code
    # The appointment is there by then, and its credit is not reserved yet.
    killer = threading.Timer(1.0, practice.server.kill)
    killer.start()

    with pytest.raises(httpx.TransportError):
        client.book(hold)
    killer.join()

    [code] = sessions_at(practice.database, slot)
    assert state_of(practice.database, code).status == "requested"
    assert told(practice.database, code) == []
    assert practice.database.run("alcove.cli", "check").returncode == 1


def test_without_the_rooms_lock_a_time_is_kept_without_who_joins_meanwhile(
    practice_without: Without,
) -> None:
    practice = practice_without("room")
    booked = []
    # Which order is the fatal one depends on what a database shows of others' unfinished work;
    # a busy machine may need another couple.
    for number, couple in enumerate(practice.world.couples):
        owner, partner = practice.browser(couple.owner), practice.browser(couple.partner)
        hold: Callable[[], Answer] = partial(owner.hold, practice.new_time(), room=1)
        join: Callable[[], Answer] = partial(partner.post, couple.link)
        first, second = (hold, join) if number % 2 else (join, hold)

        answers = together([first, after(1, second)])

        assert [answer.status for answer in answers] == [302, 302]
        held = answers[number % 2 == 0]
        booked.append(owner.book(held.code).status)
        if booked[-1] == 409:
            break

    # The count of claims is a second guard: what is not kept for everybody is not booked.
    assert booked[-1] == 409


def after(seconds: float, act: Callable[[], Answer]) -> Callable[[], Answer]:
    """The same act, a moment later."""

    def wait_and_act() -> Answer:
        time.sleep(seconds)
        return act()

    return wait_and_act


def test_without_queue_and_guard_the_audit_log_forks_and_check_says_so(
    practice_without: Without,
) -> None:
    practice = practice_without("audit queue", "audit")
    staff = make_staff(practice)

    answers = together([partial(look, staff)] * 4)

    assert answers == [200] * 4
    assert len({before for _sequence, before, _own in links(practice)}) < 4
    checked = practice.database.run("alcove.cli", "check")
    assert "The audit log is as it was written" in checked.stdout + checked.stderr


def test_without_queue_the_audit_guard_alone_keeps_the_log_one_chain(
    practice_without: Without,
) -> None:
    practice = practice_without("audit queue")
    staff = make_staff(practice)

    answers = together([partial(look, staff)] * 4)

    # Those that come too late fail, and show nobody's data.
    assert 500 in answers
    rows = links(practice)
    assert len({before for _sequence, before, _own in rows}) == len(rows)


def test_without_the_lock_two_admins_leave_the_practice_without_any(
    practice_without: Without,
) -> None:
    practice = practice_without("admins")
    pair = make_admins(practice, 0)

    deactivate_each_other(practice, pair)

    assert active_admins(practice) == 0


def test_without_step_condition_staff_and_provider_both_have_their_way_on_record(
    practice_without: Without,
) -> None:
    practice = practice_without("step", "queue")
    staff = make_staff(practice)
    code = practice.clients[1].booked(practice.new_near_time())

    answers = together(
        [
            partial(practice.provider.confirm, code),
            partial(staff.post, f"/staff/sessions/{code}/cancel/", reason="x", agreed="free"),
        ]
    )

    assert [answer.status for answer in answers] == [302, 302]
    assert sorted(told(practice.database, code)) == ["cancelled", "confirmed", "requested"]


def test_without_refund_guard_money_goes_back_twice(practice_without: Without) -> None:
    practice = practice_without("refund")

    assert refund_at_once(practice, 0) == [302, 302]
    assert refunds(practice) == 2
