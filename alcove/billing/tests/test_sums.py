"""The sums of a year add up after any history of acts, in every month (property test)."""

import csv
import datetime as dt
import io
from contextlib import suppress
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alcove.billing import ledger
from alcove.billing.actions.record_payment import record_credits_paid
from alcove.billing.actions.refund import refund_purchase
from alcove.billing.errors import NotEnoughCredits, NothingToRefund
from alcove.billing.models import CreditEntry, Purchase
from alcove.billing.sums import months_of_credits, months_of_money
from alcove.core.spreadsheet import safe_cell, to_csv
from tests.cast import CREDITS, Cast

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = 2027
ACTS = ("grant", "buy", "reserve", "spend", "release", "forfeit", "restore", "expire", "refund")
STEP = dt.timedelta(days=5, hours=7)


class _Undo(Exception):
    """Ends an example's transaction."""


class History:
    """Acts on one room's ledger as time passes; what cannot be done is left out."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.now = dt.datetime(YEAR, 1, 3, tzinfo=dt.UTC)
        self.held: list[str] = []
        self.lost: list[str] = []
        self.count = 0

    def act(self, name: str, number: int) -> None:
        """Let some days pass, then do it."""
        self.now += STEP
        self.count += 1
        getattr(self, name)(number)

    def grant(self, number: int) -> None:
        ends = self.now + number * 10 * STEP
        cause = f"gift:{self.count}"
        ledger.grant(self.cast.room, number, cause=cause, expires_at=ends, now=self.now)

    def buy(self, number: int) -> None:
        record_credits_paid(
            actor=self.cast.staff,
            room=self.cast.room,
            count=number,
            amount_minor=number * 1000,
            note="Cash",
            now=self.now,
        )

    def reserve(self, number: int) -> None:
        try:
            ledger.reserve(self.cast.room, f"K{self.count}:1", now=self.now)
        except NotEnoughCredits:
            return
        self.held.append(f"K{self.count}:1")

    def spend(self, number: int) -> None:
        if self.held:
            ledger.spend(self.held.pop(), now=self.now)

    def release(self, number: int) -> None:
        if self.held:
            ledger.release(self.held.pop(), now=self.now)

    def forfeit(self, number: int) -> None:
        if self.held:
            self.lost.append(self.held.pop())
            ledger.forfeit(self.lost[-1], now=self.now)

    def restore(self, number: int) -> None:
        if self.lost:
            ledger.restore(self.lost.pop(), now=self.now)

    def expire(self, number: int) -> None:
        ledger.expire(self.now)

    def refund(self, number: int) -> None:
        paid = Purchase.objects.filter(refund=None).first()
        if paid is None:
            return
        try:
            with transaction.atomic():
                refund_purchase(
                    actor=self.cast.admin, code=paid.code, reason="Asked for", now=self.now
                )
        except NothingToRefund:
            return


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 4)), max_size=40))
def test_months_add_up_after_any_history(cast: Cast, acts: list[tuple[str, int]]) -> None:
    with suppress(_Undo), transaction.atomic():
        history = History(cast)
        for name, number in acts:
            history.act(name, number)
        _check_sums(cast, history)
        raise _Undo


def _check_sums(cast: Cast, history: History) -> None:
    months = months_of_credits(YEAR, BERLIN)
    rooms = 4
    assert months[0].opening == rooms * CREDITS
    for before, after in pairwise(months):
        assert after.opening == before.closing
    for month in months:
        assert month.closing == month.opening + sum(month.cells)
    rows = CreditEntry.objects.values_list("room", "available", "held")
    assert months[-1].closing == sum(available + held for _room, available, held in rows)
    balance = ledger.balance(cast.room, history.now)
    assert balance.held == len(history.held)
    own = sum(available for room, available, _held in rows if room == cast.room.pk)
    assert 0 <= balance.available <= own
    paid = sum(line.paid for line in months_of_money(YEAR, BERLIN))
    assert paid == sum(Purchase.objects.values_list("amount_minor", flat=True))


@pytest.mark.parametrize(
    "begins", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\N{FULLWIDTH EQUALS SIGN}"]
)
def test_no_cell_is_a_formula(begins: str) -> None:
    assert safe_cell(f"{begins}SUM(A1)") == f"'{begins}SUM(A1)"


def test_numbers_stay_numbers_and_quotes_stay_inside() -> None:
    table = to_csv(["a"], [[-12], ["-12.50"], ['He said "no"'], [None]])

    assert table == '\ufeff"a"\r\n"-12"\r\n"-12.50"\r\n"He said ""no"""\r\n""\r\n'


def test_no_cell_begins_another_one_where_semicolons_separate() -> None:
    table = to_csv(["a"], [["Transfer;=1+1", "\t=1+1"]])

    [_header, [cell]] = csv.reader(io.StringIO(table), delimiter=";")
    assert cell == 'Transfer;=1+1,"\'\t=1+1"'
