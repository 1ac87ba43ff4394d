"""What the payment service tells many times at once has its effect once."""

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.concurrency.clients import Browser, together
from tests.concurrency.conftest import Original, Practice
from tests.concurrency.databases import copy_of
from tests.concurrency.facts import credits_of, ledger_of, sessions_at
from tests.concurrency.server import serving
from tests.concurrency.world import PLANS
from tests.payment_service import PaymentService, running_service, signed

pytestmark = pytest.mark.race

ROUNDS = 4
TIMES = 8
JOB_SECONDS = 30

Event = dict[str, Any]


@dataclasses.dataclass
class Shop:
    """A practice that sells, the service that takes its payments, and somebody who buys."""

    practice: Practice
    service: PaymentService

    @property
    def buyer(self) -> Browser:
        """Who has no credit."""
        return self.practice.browser(self.practice.world.buyer)

    def open_page(self, address: str, **fields: str) -> str:
        """Buy something by this form; the key of its page of payment."""
        bought = self.buyer.post(address, **fields)
        assert bought.status == 302, bought.words
        known = set(self.service.sessions)
        opened = self.buyer.get(bought.leads_to)
        assert opened.status == 200, opened.words
        [key] = set(self.service.sessions) - known
        return key

    def tell_at_once(self, events: list[Event]) -> list[tuple[int, str]]:
        """Send all of these notices at the same moment; what was answered to each."""
        return together([partial(self._tell, event) for event in events])

    def _tell(self, event: Event) -> tuple[int, str]:
        body, signature = signed(event)
        answer = httpx.post(
            f"{self.practice.server.address}/payments/stripe/",
            content=body,
            headers={"Content-Type": "application/json", "Stripe-Signature": signature},
            timeout=60,
            trust_env=False,
        )
        return answer.status_code, answer.text

    def count(self, table: str, where: str = "1 = 1") -> int:
        """How many rows there are."""
        return int(self.practice.database.value(f"SELECT COUNT(*) FROM {table} WHERE {where}"))

    def wait_for_jobs(self) -> None:
        """Until nothing is left to do but what is periodic."""
        deadline = time.monotonic() + JOB_SECONDS
        while time.monotonic() < deadline:
            if not self.count("core_job", "unique_key IS NULL"):
                return
            time.sleep(0.1)
        raise AssertionError("the jobs do not end")


@contextmanager
def open_shop(original: Original, folder: Path, *without: str) -> Iterator[Shop]:
    """A shop on a fresh copy; its server lacks the guards named."""
    with running_service() as service, copy_of(original[0], folder) as copy:
        database = dataclasses.replace(copy, payment_service=service.address)
        with serving(database, without=without) as server:
            practice = Practice(server, original[1])
            yield Shop(practice, service)
            practice.close()


@pytest.fixture(scope="module")
def shop(original: Original, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop for the races of this module; nothing may have failed in it in the end."""
    with open_shop(original, tmp_path_factory.mktemp("shop")) as shop:
        yield shop
        assert shop.practice.server.errors() == []
        checked = shop.practice.database.run("alcove.cli", "check")
        assert checked.returncode == 0, checked.stdout + checked.stderr


def pay_for_a_time(shop: Shop) -> tuple[Any, list[Event]]:
    """A time that is kept while it is paid, and every notice about that, each several times."""
    slot = shop.practice.new_time()
    hold = shop.buyer.hold(slot)
    assert hold.status == 302, hold.words
    key = shop.open_page(f"/schedule/review/{hold.code}/pay/")
    [event] = shop.service.pay(key)
    again = shop.service.tell(
        "checkout.session.async_payment_succeeded", shop.service.sessions[key]
    )
    return slot, [event, again] * (TIMES // 2)


def test_notices_of_one_payment_at_once_settle_it_once(shop: Shop) -> None:
    for number in range(1, ROUNDS + 1):
        slot, events = pay_for_a_time(shop)

        answers = shop.tell_at_once(events)
        shop.wait_for_jobs()

        assert sorted(answers) == [(200, "heard")] * 2 + [(200, "heard before")] * (TIMES - 2)
        [code] = sessions_at(shop.practice.database, slot)
        assert ledger_of(shop.practice.database, code) == ["reserved"]
        assert shop.count("billing_creditentry", "kind = 'bought'") == number
        assert shop.count("billing_purchase", "state = 'paid'") == number
        assert shop.count("core_event", "kind = 'purchase.paid'") == number
        assert shop.count("notifications_delivery", "subject = 'Your receipt'") == number
        room = shop.practice.world.buyer.rooms[0]
        assert credits_of(shop.practice.database, room).available == 0


def test_notices_of_a_plan_and_its_renewal_at_once_cover_once(shop: Shop) -> None:
    paid_before = shop.count("billing_purchase", "state = 'paid'")
    for number, room in enumerate(shop.practice.world.buyer.rooms[1:], start=1):
        key = shop.open_page(f"/plan/{room}/choose/", plan="four")
        completed, first = shop.service.pay(key)
        renewed = shop.service.renew(shop.service.sessions[key]["subscription"])

        answers = shop.tell_at_once([completed, first, renewed] * 3)
        shop.wait_for_jobs()

        assert {status for status, _words in answers} == {200}
        assert shop.count("billing_subscription", "ended_at IS NULL") == number
        assert shop.count("billing_purchase", "state = 'paid'") == paid_before + 2 * number
        # One period has begun, whatever is paid ahead.
        assert credits_of(shop.practice.database, room).available == 4
        covered = f"room_id = (SELECT id FROM rooms_room WHERE code = '{room}')"
        assert shop.count("billing_entitlement", f"state = 'active' AND {covered}") == 1
    assert number == PLANS


@pytest.mark.parametrize(("without", "times"), [(("payment", "paid"), 2), (("payment",), 1)])
def test_control_without_its_guards_one_payment_is_settled_twice(
    original: Original, tmp_path: Path, without: tuple[str, ...], times: int
) -> None:
    with open_shop(original, tmp_path, *without) as shop:
        _slot, events = pay_for_a_time(shop)

        shop.tell_at_once(events[:2])
        shop.wait_for_jobs()

        # Left alone, the database's own guard still settles it once.
        assert shop.count("core_event", "kind = 'purchase.paid'") == times
        assert shop.count("notifications_delivery", "subject = 'Your receipt'") == times
