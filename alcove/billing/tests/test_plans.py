"""Plans change from the next period on, and never what was bought."""

import datetime as dt
from decimal import Decimal

import pytest

from alcove.billing.actions.change_plan import change_plan, make_plan, set_on_sale
from alcove.billing.actions.grant_credits import settle_periods
from alcove.billing.errors import PlanChangedMeanwhile, PlanCodeTaken, PlanIsFixed
from alcove.billing.models import CreditEntry, Entitlement, Plan
from alcove.billing.payments.gateway import GatewayRefusal
from alcove.billing.payments.stripe_gateway import gateway_amount, our_minor
from alcove.core.errors import NotFound
from alcove.core.formats import format_money
from alcove.core.money import NoSuchAmount, to_amount, to_minor
from tests.cast import NOW, Cast, at
from tests.untouched import refused


def granted(cast: Cast) -> list[int]:
    rows = CreditEntry.objects.filter(room=cast.room, cause__startswith="grant:", kind="granted")
    return list(
        rows.exclude(cause=f"grant:{cast.room.code}")
        .order_by("pk")
        .values_list("available", flat=True)
    )


def test_changed_plan_holds_from_the_next_period(cast: Cast) -> None:
    settle_periods({}, NOW)

    change_plan(
        actor=cast.admin,
        code="four",
        version=1,
        terms={"credits_per_period": 6, "late_rule": "fee", "late_fee_minor": 4000},
        now=NOW,
    )
    settle_periods({}, at(20, 9))
    assert Entitlement.objects.get(room=cast.room).plan.late_rule == "credit"

    settle_periods({}, at(2, 9, month=4))
    assert Entitlement.objects.get(room=cast.room).plan.late_rule == "fee"
    assert granted(cast) == [4, 6]


def test_two_changes_in_one_period_count_as_the_last(cast: Cast) -> None:
    for version, credits in ((1, 6), (2, 8)):
        change_plan(
            actor=cast.admin,
            code="four",
            version=version,
            terms={"credits_per_period": credits},
            now=NOW if version == 1 else at(3, 9),
        )
        Entitlement.objects.filter(room=cast.second_room).update(
            plan=Plan.objects.get(replaced_by=None)
        )

    settle_periods({}, at(2, 9, month=4))

    assert granted(cast) == [8]


def test_plan_that_nobody_has_is_changed_as_it_stands(cast: Cast) -> None:
    plan = make_plan(actor=cast.admin, code="new", terms={"name": "New"}, now=NOW)

    changed = change_plan(
        actor=cast.admin,
        code="new",
        version=1,
        terms={"name": "Newer", "currency": "EUR", "period_months": 3},
        now=NOW,
    )

    assert (changed.pk, changed.version, changed.name) == (plan.pk, 1, "Newer")


def test_period_and_currency_of_a_plan_in_use_stay(cast: Cast) -> None:
    for terms in ({"currency": "EUR"}, {"period_months": 3}):
        with refused(PlanIsFixed):
            change_plan(actor=cast.admin, code="four", version=1, terms=terms, now=NOW)


def test_second_of_two_admins_is_told(cast: Cast) -> None:
    terms = {"credits_per_period": 6}
    change_plan(actor=cast.admin, code="four", version=1, terms=terms, now=NOW)

    with refused(PlanChangedMeanwhile):
        change_plan(actor=cast.admin, code="four", version=1, terms={"name": "X"}, now=NOW)


def test_plans_are_made_and_changed_by_admins_only(cast: Cast) -> None:
    for person in (cast.client, cast.provider, cast.staff, cast.stranger):
        with refused(NotFound):
            make_plan(actor=person, code="new", terms={"name": "New"}, now=NOW)
        with refused(NotFound):
            change_plan(actor=person, code="four", version=1, terms={"name": "X"}, now=NOW)
        with refused(NotFound):
            set_on_sale(actor=person, code="four", is_on_sale=False, now=NOW)
    with refused(PlanCodeTaken):
        make_plan(actor=cast.admin, code="four", terms={"name": "New"}, now=NOW)


def test_plan_is_taken_from_sale_and_stays_with_its_rooms(cast: Cast) -> None:
    plan = set_on_sale(actor=cast.admin, code="four", is_on_sale=False, now=NOW)

    assert (plan.version, plan.is_on_sale) == (1, False)
    assert Entitlement.objects.get(room=cast.room).plan == plan


def test_credits_last_as_many_periods_as_the_plan_says(cast: Cast) -> None:
    change_plan(
        actor=cast.admin, code="four", version=1, terms={"credits_last_periods": 2}, now=at(1, 0)
    )
    Entitlement.objects.filter(room=cast.room).update(
        plan=Plan.objects.get(replaced_by=None), starts_on=dt.date(2026, 3, 2)
    )

    settle_periods({}, NOW)

    entry = CreditEntry.objects.filter(room=cast.room).latest("pk")
    # Midnight of 2 May in Berlin, in summer time.
    assert entry.expires_at == at(1, 22, month=5)


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "at_stripe", "words"),
    [
        ("40.50", "USD", 4050, 4050, "$40.50"),
        ("4000", "JPY", 4000, 4000, "¥4,000"),
        ("12.340", "KWD", 12340, 12340, "KWD 12.340"),
        # Stripe counts hundredths where there is no smaller coin.
        ("4000", "ISK", 4000, 400000, "ISK 4,000"),
    ],
)
def test_money_has_the_decimals_of_its_currency(
    amount: str, currency: str, minor: int, at_stripe: int, words: str
) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert to_amount(minor, currency) == Decimal(amount)
    assert gateway_amount(minor, currency) == at_stripe
    assert our_minor(at_stripe, currency) == minor
    assert format_money(minor, currency).replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("1e999999", "USD"),
        ("-1e999999", "USD"),
        ("1e-999999", "USD"),
        ("1.000000000000000000000000000000000001", "JPY"),
        ("999999.995", "KWD"),
        ("1000000.00", "USD"),
        ("Infinity", "USD"),
        ("-1", "USD"),
        ("0.005", "USD"),
        ("0.5", "JPY"),
        ("1e12", "USD"),
        ("NaN", "USD"),
    ],
)
def test_odd_amounts_are_no_amounts(amount: str, currency: str) -> None:
    with pytest.raises(NoSuchAmount):
        to_minor(Decimal(amount), currency)


def test_amount_that_stripe_cannot_charge_is_refused() -> None:
    with pytest.raises(GatewayRefusal):
        gateway_amount(12345, "KWD")
