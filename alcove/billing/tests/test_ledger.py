"""The credit ledger adds up, whatever happens and in whatever order."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alcove.billing import ledger
from alcove.billing.errors import NotEnoughCredits
from alcove.billing.ledger import RETURNED_IS_GOOD_FOR, Balance, balance
from alcove.billing.models import CreditEntry
from alcove.rooms.models import Room
from tests.cast import CREDITS, NOW, Cast, at
from tests.untouched import refused

DAY = dt.timedelta(days=1)
MOMENT = dt.timedelta(microseconds=1)
LOT_ENDS = at(1, 0, month=4)


@pytest.fixture
def room(cast: Cast) -> Room:
    """A room with four credits that end on 1 April."""
    return cast.room


def kinds(room: Room) -> list[str]:
    return list(room.credit_entries.order_by("id").values_list("kind", flat=True))


def test_grant_counts_once_for_its_cause(room: Room) -> None:
    assert ledger.grant(room, 2, cause="grant:x", expires_at=None, now=NOW)
    assert not ledger.grant(room, 2, cause="grant:x", expires_at=None, now=NOW + DAY)

    assert balance(room, NOW) == Balance(available=CREDITS + 2, held=0)


def test_spending_takes_the_credit_for_good(room: Room) -> None:
    ledger.reserve(room, "K", now=NOW)
    assert balance(room, NOW) == Balance(available=CREDITS - 1, held=1)

    ledger.spend("K", now=NOW)

    assert balance(room, NOW) == Balance(available=CREDITS - 1, held=0)
    assert kinds(room) == ["granted", "reserved", "spent"]


def test_reserving_takes_from_the_lot_that_ends_first(room: Room) -> None:
    ledger.grant(room, 1, cause="grant:endless", expires_at=None, now=NOW)
    ledger.grant(room, 1, cause="grant:soon", expires_at=at(5, 0), now=NOW)

    for number in range(CREDITS + 2):
        ledger.reserve(room, f"K{number}", now=NOW)

    taken = CreditEntry.objects.filter(kind="reserved").order_by("id")
    causes = [entry.lot.cause for entry in taken.select_related("lot") if entry.lot]
    assert causes == ["grant:soon"] + [f"grant:{room.code}"] * CREDITS + ["grant:endless"]


def test_nothing_is_reserved_from_nothing(room: Room) -> None:
    for number in range(CREDITS):
        ledger.reserve(room, f"K{number}", now=NOW)

    with refused(NotEnoughCredits):
        ledger.reserve(room, "ONE-TOO-MANY", now=NOW)


def test_lot_is_worth_nothing_from_its_end_on_although_no_job_ran(room: Room) -> None:
    assert balance(room, LOT_ENDS - MOMENT).available == CREDITS
    assert balance(room, LOT_ENDS).available == 0
    with refused(NotEnoughCredits):
        ledger.reserve(room, "K", now=LOT_ENDS)


def test_what_is_left_is_written_off_once(room: Room) -> None:
    ledger.reserve(room, "K", now=NOW)
    assert ledger.expire(LOT_ENDS - MOMENT) == 0

    written_off = ledger.expire(LOT_ENDS)

    assert written_off == CreditEntry.objects.filter(kind="granted").count()
    assert ledger.expire(LOT_ENDS + DAY) == 0
    assert CreditEntry.objects.get(room=room, kind="expired").available == -(CREDITS - 1)
    assert balance(room, LOT_ENDS) == Balance(available=0, held=1)


def test_credit_released_after_its_lots_end_is_good_for_14_days(room: Room) -> None:
    ledger.reserve(room, "K", now=NOW)
    ledger.expire(LOT_ENDS)
    back = LOT_ENDS + DAY

    ledger.release("K", now=back)

    good_until = back + dt.timedelta(days=14)
    assert balance(room, back) == Balance(available=1, held=0)
    assert balance(room, good_until - MOMENT).available == 1
    assert balance(room, good_until).available == 0
    assert ledger.expire(good_until) == 1


def test_credit_released_long_before_its_lots_end_ends_with_it(room: Room) -> None:
    ledger.reserve(room, "K", now=NOW)

    ledger.release("K", now=NOW)

    assert NOW + RETURNED_IS_GOOD_FOR < LOT_ENDS
    assert balance(room, LOT_ENDS - MOMENT).available == CREDITS
    assert balance(room, LOT_ENDS).available == 0


def test_credit_of_an_endless_lot_comes_back_endless(room: Room) -> None:
    ledger.expire(LOT_ENDS)
    ledger.grant(room, 1, cause="grant:endless", expires_at=None, now=LOT_ENDS)
    ledger.reserve(room, "K", now=LOT_ENDS)
    ledger.release("K", now=LOT_ENDS)

    assert balance(room, LOT_ENDS + 4000 * DAY) == Balance(available=1, held=0)


def test_forfeited_credit_is_restored_once(room: Room) -> None:
    ledger.reserve(room, "K", now=NOW)
    ledger.forfeit("K", now=NOW)
    assert balance(room, NOW) == Balance(available=CREDITS - 1, held=0)

    assert [ledger.restore("K", now=NOW + number * DAY) for number in range(3)] == [
        True,
        False,
        False,
    ]

    assert balance(room, NOW) == Balance(available=CREDITS, held=0)
    assert kinds(room) == ["granted", "reserved", "forfeited", "restored"]


def test_restored_credit_is_good_for_14_days_though_its_lot_has_ended(room: Room) -> None:
    ledger.reserve(room, "K", now=NOW)
    ledger.forfeit("K", now=NOW)
    ledger.expire(LOT_ENDS)

    ledger.restore("K", now=LOT_ENDS)

    assert balance(room, LOT_ENDS + RETURNED_IS_GOOD_FOR - MOMENT).available == 1
    assert balance(room, LOT_ENDS + RETURNED_IS_GOOD_FOR).available == 0


def test_rooms_do_not_share_credits(cast: Cast) -> None:
    for number in range(CREDITS):
        ledger.reserve(cast.room, f"K{number}", now=NOW)

    assert balance(cast.couples_room, NOW) == Balance(available=CREDITS, held=0)


@dataclass
class Lot:
    left: int
    ends: dt.datetime | None

    def is_good(self, now: dt.datetime) -> bool:
        return self.ends is None or self.ends > now


@dataclass
class Model:
    """The ledger once more, as plain lists and without a single sum."""

    now: dt.datetime
    lots: list[Lot]
    held: dict[str, Lot] = field(default_factory=dict)
    lost: dict[str, Lot] = field(default_factory=dict)

    def best(self) -> Lot | None:
        good = [lot for lot in self.lots if lot.left and lot.is_good(self.now)]
        far = dt.datetime.max.replace(tzinfo=dt.UTC)
        return min(good, key=lambda lot: lot.ends or far, default=None)

    def give_back(self, lot: Lot) -> None:
        ends = None if lot.ends is None else max(lot.ends, self.now + RETURNED_IS_GOOD_FOR)
        self.lots.append(Lot(1, ends))

    def balance(self) -> Balance:
        available = sum(lot.left for lot in self.lots if lot.is_good(self.now))
        return Balance(available=available, held=len(self.held))


ACTS = ["reserve", "reserve", "spend", "release", "forfeit", "restore", "grant", "expire", "wait"]
HISTORIES = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(min_value=0, max_value=9)), max_size=25
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_every_history_adds_up(room: Room, history: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        model = Model(NOW, [Lot(CREDITS, LOT_ENDS)])
        for number, (act, choice) in enumerate(history):
            take(room, model, act, choice, f"K{number}")
            assert balance(room, model.now) == model.balance()
        transaction.set_rollback(True)


def take(room: Room, model: Model, act: str, choice: int, key: str) -> None:
    """One act on the ledger and on the model; an act that has no object does nothing."""
    now = model.now
    if act == "wait":
        model.now += dt.timedelta(days=3 * choice)
    elif act == "expire":
        ledger.expire(now)
    elif act == "grant":
        ends = [None, now + choice * DAY][choice % 2]
        ledger.grant(room, choice + 1, cause=f"grant:{key}", expires_at=ends, now=now)
        model.lots.append(Lot(choice + 1, ends))
    elif act == "reserve":
        reserve(room, model, key)
    elif act == "restore":
        restore(model, choice)
    elif model.held:
        name = sorted(model.held)[choice % len(model.held)]
        lot = model.held.pop(name)
        {"spend": ledger.spend, "release": ledger.release, "forfeit": ledger.forfeit}[act](
            name, now=now
        )
        if act == "release":
            model.give_back(lot)
        if act == "forfeit":
            model.lost[name] = lot


def reserve(room: Room, model: Model, key: str) -> None:
    lot = model.best()
    if lot is None:
        with pytest.raises(NotEnoughCredits):
            ledger.reserve(room, key, now=model.now)
        return
    ledger.reserve(room, key, now=model.now)
    lot.left -= 1
    model.held[key] = lot


def restore(model: Model, choice: int) -> None:
    if model.lost:
        name = sorted(model.lost)[choice % len(model.lost)]
        assert ledger.restore(name, now=model.now)
        model.give_back(model.lost.pop(name))
        assert not ledger.restore(name, now=model.now + MOMENT)
