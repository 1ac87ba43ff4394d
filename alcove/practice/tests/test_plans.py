"""Admins make and change plans, read the sums and take them along."""

import csv
import io

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from alcove.billing.actions.record_payment import record_credits_paid
from alcove.billing.actions.refund import refund_purchase
from alcove.billing.models import Plan, Refund
from alcove.core.models import AuditRow
from tests.cast import NOW, Cast

TERMS = {
    "name": "Couples, twice a month",
    "for_rooms": "couples",
    "currency": "JPY",
    "period_months": "1",
    "price": "24000",
    "credits_per_period": "2",
    "credits_last_periods": "",
    "extra_credit": "13000",
    "video": "60, 90",
    "audio": "",
    "chat": "",
    "late_rule": "credit",
    "late_fee": "",
}


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.admin)
    return client


def test_admin_makes_a_plan(cast: Cast, admin: Client) -> None:
    answer = admin.post("/practice/plans/new/", {**TERMS, "code": "couples-2"})

    assert answer.status_code == 302
    plan = Plan.objects.get(code="couples-2")
    assert (plan.price_minor, plan.extra_credit_minor, plan.offers, plan.credits_last_periods) == (
        24000,
        13000,
        {"video": [60, 90]},
        None,
    )
    assert AuditRow.objects.filter(act="plan.made", actor=cast.admin.key).exists()


def test_new_plan_has_a_short_name_after_its_name(cast: Cast, admin: Client) -> None:
    for _each in range(2):
        admin.post("/practice/plans/new/", {**TERMS, "code": ""})
    admin.post("/practice/plans/new/", {**TERMS, "name": "New", "code": ""})

    made = Plan.objects.exclude(pk=cast.plan.pk).order_by("pk")
    assert [plan.code for plan in made] == [
        "couples-twice-a-month",
        "couples-twice-a-month-2",
        "new-2",
    ]


def test_new_plan_begins_with_what_is_usual(cast: Cast, admin: Client) -> None:
    admin.post("/practice/plans/new/", {**TERMS, "code": "couples-2"})

    form = admin.get("/practice/plans/new/").context["form"]

    assert form["currency"].value() == "JPY"
    assert form["video"].value() == "30, 45, 60"


def test_list_tells_what_is_given_and_what_a_fee_costs(cast: Cast, admin: Client) -> None:
    terms = {**TERMS, "code": "fee", "price": "0", "late_rule": "fee", "late_fee": "4000"}
    admin.post("/practice/plans/new/", terms)

    page = admin.get("/practice/plans/").content.decode()

    assert "given by the practice" in page
    assert "a fee of ¥4,000" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"price": "1.5"}, "Enter an amount in JPY"),
        ({"price": "999999999999"}, "Enter an amount in JPY"),
        ({"currency": "XXX"}, "Select a valid choice"),
        ({"video": ""}, "one session type at least"),
        ({"video": "5000"}, "Enter minutes with commas"),
        ({"late_rule": "fee"}, "Enter the fee that a late change costs."),
        ({"extra_credit": "0"}, "A further credit costs something"),
        ({"period_months": "0"}, "greater than or equal to 1"),
        ({"code": "new"}, "Please choose another short name."),
        ({"code": "four"}, "Another plan has this short name."),
    ],
)
def test_wrong_terms_make_nothing_and_stay_typed(
    cast: Cast, admin: Client, typed: dict[str, str], words: str
) -> None:
    answer = admin.post("/practice/plans/new/", {**TERMS, "code": "couples-2", **typed})

    assert answer.status_code in {409, 422}
    page = answer.content.decode()
    assert words in page
    assert "Couples, twice a month" in page
    assert not Plan.objects.filter(code="couples-2").exists()


def test_amount_that_no_card_can_pay_is_refused_where_cards_are_taken(
    cast: Cast, admin: Client, settings: Settings
) -> None:
    terms = {**TERMS, "code": "fine", "currency": "KWD", "price": "12.345", "extra_credit": "4.500"}
    settings.STRIPE_SECRET_KEY = "sk_test"

    refused = admin.post("/practice/plans/new/", terms)

    assert refused.status_code == 422
    assert refused.content.decode().count("12.345") == 1
    assert "Let its last decimal be 0." in refused.content.decode()
    settings.STRIPE_SECRET_KEY = ""
    assert admin.post("/practice/plans/new/", terms).status_code == 302


def test_change_of_a_plan_in_use_is_its_next_version(cast: Cast, admin: Client) -> None:
    page = admin.get("/practice/plans/four/").content.decode()
    assert "Rooms have this plan." in page
    typed = {**TERMS, "currency": "USD", "price": "200", "extra_credit": "60.50", "version": "1"}

    assert admin.post("/practice/plans/four/", typed).status_code == 302

    plan = Plan.objects.get(code="four", replaced_by=None)
    assert (plan.version, plan.extra_credit_minor) == (2, 6050)
    # From another window that still shows the first version.
    again = admin.post("/practice/plans/four/", {**typed, "name": "Other"})
    assert again.status_code == 409
    assert "Somebody has changed this plan meanwhile." in again.content.decode()


def test_plan_is_taken_from_sale_and_offered_again(cast: Cast, admin: Client) -> None:
    admin.post("/practice/plans/four/stop/")
    assert not Plan.objects.get().is_on_sale
    admin.post("/practice/plans/four/offer/")
    assert Plan.objects.get().is_on_sale


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_plans_asks_as_much_for_one_as_for_three(
    cast: Cast, admin: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for extra in range(number - 1):
        Plan.objects.create(code=f"p{extra}", name=f"P{extra}")
    admin.get("/practice/plans/")

    with django_assert_num_queries(7):
        page = admin.get("/practice/plans/").content.decode()

    assert "Four sessions" in page


def test_sums_of_the_year_and_their_table(cast: Cast, admin: Client) -> None:
    record_credits_paid(
        actor=cast.staff, room=cast.room, count=2, amount_minor=8050, note="=1+1", now=NOW
    )

    page = admin.get("/practice/credits/?year=2026").content.decode()
    assert "$80.50" in page
    answer = admin.get("/practice/credits/payments.csv?year=2026")

    [_header, row] = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row[5:8] == ["2", "80.50", "USD"]
    assert row[-1] == "'=1+1"
    assert answer["Content-Disposition"] == 'attachment; filename="payments-2026.csv"'
    entries = admin.get("/practice/credits/entries.csv?year=2026").content.decode("utf-8-sig")
    assert entries.count("\r\n") == 1 + 4 + 1
    assert AuditRow.objects.filter(subject="export:payments").exists()


def test_table_says_what_went_back_and_when(cast: Cast, admin: Client) -> None:
    taken = [
        record_credits_paid(
            actor=cast.staff, room=cast.room, count=1, amount_minor=8050, note="Cash", now=NOW
        )
        for _time in range(3)
    ]
    for purchase in taken[:2]:
        refund_purchase(actor=cast.admin, code=purchase.code, reason="Ill", now=NOW)
    # By card it would be on its way, or refused.
    Refund.objects.create(
        purchase=taken[2], amount_minor=8050, credits=1, reason="Ill", asked_at=NOW, state="failed"
    )

    answer = admin.get("/practice/credits/payments.csv?year=2026")

    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    at = header.index("Given back")
    back = [("80.50", NOW.isoformat())] * 2
    assert [tuple(row[at : at + 2]) for row in rows] == [*back, ("", "")]
    page = admin.get("/practice/credits/?year=2026").content.decode()
    assert "$161" in page
    assert "The payment service has refused to give $80.50 back." in page


@pytest.mark.parametrize("year", ["", "abcd", "0000", "99999", "٢٠٢٦"])
def test_odd_years_show_this_one(cast: Cast, admin: Client, year: str) -> None:
    assert admin.get("/practice/credits/", {"year": year}).status_code == 200
