"""Plan and credits as the client reads it, and the same room as staff do."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries, Settings

from alcove.billing import ledger
from alcove.billing.actions.buy import buy_credits
from alcove.billing.actions.hear import take_news
from alcove.billing.actions.late_fees import waive_fee
from alcove.billing.actions.record_payment import (
    record_credits_paid,
    record_fee_paid,
    record_plan_paid,
)
from alcove.billing.actions.refund import refund_purchase
from alcove.billing.ledger import balance
from alcove.billing.models import Entitlement, LateFee, Plan, Purchase, Refund, SavedMethod
from alcove.billing.payments.gateway import Paid
from alcove.booking.actions.call_off import call_off
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.actions.no_show import mark_no_show, settle_no_shows
from alcove.booking.actions.settle import settle_session
from alcove.booking.models import Appointment
from alcove.booking.policies import AttendanceFacts
from alcove.core.models import AuditRow
from alcove.people.models import Person
from alcove.rooms.errors import OwnRoom
from alcove.rooms.models import Room
from tests.cast import CREDITS, NOW, Cast, at, book, book_confirmed, cancel, change_plans, move
from tests.payment_service import BROKEN, PaymentService
from tests.untouched import refused
from tests.visitors import signed_in


def story_of(cast: Cast) -> str:
    return signed_in(cast.client).get(f"/plan/{cast.room.code}/").content.decode()


def test_every_credit_tells_its_life(cast: Cast) -> None:
    late = at(4, 2)
    declined = book(cast.room, at(5, 9))
    decline_appointment(actor=cast.provider, code=declined.code, words="", now=NOW)
    cancel(book_confirmed(cast.room, at(6, 9)), now=NOW)
    moved = move(book_confirmed(cast.room, at(9, 9)), at(10, 9))
    lost = cancel(book_confirmed(cast.room, at(4, 14)), agreed="credit", now=late)
    book_confirmed(cast.strangers_room, at(4, 14), now=late)

    page = story_of(cast)

    for words in (
        "4 credits came with your plan. Good until",
        "1 credit is kept for a session.",
        "1 credit came back: Petra Provider could not take the session.",
        "1 credit came back: the session was cancelled in time.",
        "1 credit came back: the session was moved at no cost.",
        "1 credit was lost: the session was cancelled too late.",
        "1 credit returned, because somebody took the time you gave back.",
    ):
        assert words in page, words
    for session in (declined, moved, lost):
        assert f"/schedule/{session.code}/" in page


def test_returned_credits_say_what_they_cost_and_through_whom(cast: Cast) -> None:
    change_plans(late_rule="fee", late_fee_minor=4000)
    late = at(4, 2)
    cancel(book_confirmed(cast.room, at(4, 14)), agreed="fee:4000:USD", now=late)
    move(book_confirmed(cast.room, at(4, 15)), at(10, 9), agreed="fee:4000:USD", now=late)
    missed = book_confirmed(cast.room, at(3, 9))
    alone = AttendanceFacts(True, False, False, dt.timedelta(), False)
    mark_no_show(actor=cast.provider, code=missed.code, facts=alone, record={}, now=at(3, 9, 15))
    settle_no_shows({}, at(6, 9))
    page = story_of(cast)
    assert page.count("1 credit came back: a late fee was due instead.") == 3

    nobody = AttendanceFacts(False, True, False, dt.timedelta(), False)
    waited = book_confirmed(cast.room, at(5, 9), now=late)
    settle_session(appointment=waited, facts=nobody, now=at(5, 11))
    book_confirmed(cast.room, at(12, 9), now=late)
    call_off(actor=cast.admin, rooms=Room.objects.filter(pk=cast.room.pk), now=at(6, 9))

    page = story_of(cast)
    assert "the session did not take place, and that was not your fault." in page
    assert "1 credit came back: the practice cancelled the session at no cost." in page
    assert "in time" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_story_asks_as_much_for_one_session_as_for_three(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for day in range(number):
        book(cast.room, at(4 + day, 9))
    client = signed_in(cast.client)
    client.get(f"/plan/{cast.room.code}/")

    with django_assert_num_queries(20):
        client.get(f"/plan/{cast.room.code}/")


def test_nothing_is_offered_that_cannot_be_bought(cast: Cast) -> None:
    change_plans(extra_credit_minor=6000)

    assert 'id="buy-title"' not in story_of(cast)


def test_page_leads_to_the_payment(cast: Cast, payments: PaymentService) -> None:
    change_plans(extra_credit_minor=6000)
    client = signed_in(cast.client)
    assert "$120" in story_of(cast)

    answer = client.post(f"/plan/{cast.room.code}/credits/", {"count": "2"})

    purchase = Purchase.objects.get()
    assert answer["Location"] == f"/plan/pay/{purchase.code}/"
    page = client.get(answer["Location"])
    [session] = payments.sessions.values()
    assert page["Refresh"] == f"0; url={session['url']}"
    assert session["success_url"].endswith(f"/plan/paid/{purchase.code}/")
    wrong = client.post(f"/plan/{cast.room.code}/credits/", {"count": "99"})
    assert wrong.status_code == 422


def test_room_without_a_plan_can_choose_one(cast: Cast, payments: PaymentService) -> None:
    change_plans(price_minor=20000)
    Plan.objects.create(code="couples", name="For two", for_rooms="couples", price_minor=1)
    Entitlement.objects.filter(room=cast.room).update(ends_on=NOW.date())
    page = story_of(cast)
    assert "$200 a month" in page
    assert "For two" not in page

    answer = signed_in(cast.client).post(f"/plan/{cast.room.code}/choose/", {"plan": "four"})

    assert answer["Location"] == f"/plan/pay/{Purchase.objects.get().code}/"
    refused = signed_in(cast.client).post(f"/plan/{cast.room.code}/choose/", {"plan": "couples"})
    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("circumstance", "words"),
    [
        ("unpaid", "The last payment for this room did not go through."),
        ("ended", "The plan of this room has ended."),
        ("none", "This room has no plan yet. Choose one"),
    ],
)
def test_booking_leads_to_the_plan_that_is_missing(
    cast: Cast, payments: PaymentService, circumstance: str, words: str
) -> None:
    change_plans(price_minor=20000)
    covered = Entitlement.objects.filter(room=cast.room)
    if circumstance == "none":
        covered.delete()
    elif circumstance == "ended":
        covered.update(ends_on=NOW.date())
    else:
        covered.update(state="unpaid")

    page = signed_in(cast.client).get("/schedule/new/").content.decode()

    assert words in page
    assert f'href="/plan/{cast.room.code}/">Choose a plan' in page


def test_booking_leads_to_no_plan_that_cannot_be_bought(cast: Cast) -> None:
    Entitlement.objects.filter(room=cast.room).delete()

    page = signed_in(cast.client).get("/schedule/new/").content.decode()

    assert "This room has no plan yet. Ask the practice to set one up." in page
    assert "Choose a plan" not in page


def test_plan_on_sale_says_what_it_includes_and_costs(cast: Cast, payments: PaymentService) -> None:
    change_plans(price_minor=20000, extra_credit_minor=6000, late_rule="fee", late_fee_minor=4000)
    Entitlement.objects.filter(room=cast.room).update(ends_on=NOW.date())

    page = story_of(cast)

    for words in (
        "4 session credits",
        "Video: 30, 45 or 60 minutes · Audio: 30 or 45 minutes · Live chat: 30 minutes",
        "A further credit costs $60.",
        "Changes in the last 24 hours before a session cost a fee of $40.",
    ):
        assert words in page, words


# --- Late fees ---------------------------------------------------------------------------------


@pytest.fixture
def fee_due(cast: Cast) -> LateFee:
    """Of a session that was cancelled late; nobody has paid it."""
    change_plans(late_rule="fee", late_fee_minor=4000)
    session = book_confirmed(cast.room, at(4, 14))
    cancel(session, agreed="fee:4000:USD", now=at(4, 2))
    return LateFee.objects.get()


def test_fee_that_is_due_stands_wherever_its_client_looks(
    cast: Cast, fee_due: LateFee, payments: PaymentService
) -> None:
    client = signed_in(cast.client)
    code = fee_due.cause.split(":")[1]

    session, plans, plan = (
        client.get(address).content.decode()
        for address in (f"/schedule/{code}/", "/plan/", f"/plan/{cast.room.code}/")
    )

    assert "This session has a late fee of $40. It is due." in session
    assert f'href="/plan/{cast.room.code}/">Plan and credits' in session
    assert "A late fee of $40 is due." in plans
    assert "Pay $40" in plan
    assert plan.index('id="fees-title"') < plan.index('id="story-title"')

    LateFee.objects.update(declined="card_declined")
    for address in (f"/schedule/{code}/", f"/plan/{cast.room.code}/"):
        page = client.get(address).content.decode()
        assert "It is due: your card could not be charged." in page


def test_fee_is_its_clients_business_alone(cast: Cast, fee_due: LateFee) -> None:
    code = fee_due.cause.split(":")[1]

    page = signed_in(cast.provider).get(f"/schedule/{code}/").content.decode()

    assert "This session has a late fee" not in page


def test_paid_fee_asks_for_nothing_more(cast: Cast, fee_due: LateFee) -> None:
    LateFee.objects.update(state="paid", settled_at=NOW)
    client = signed_in(cast.client)

    session = client.get(f"/schedule/{fee_due.cause.split(':')[1]}/").content.decode()

    assert "It is paid." in session
    assert "This session has a late fee" not in session
    assert "is due." not in client.get("/plan/").content.decode()


def test_cancelling_late_says_how_the_fee_is_paid(
    cast: Cast, payments: PaymentService, settings: Settings
) -> None:
    change_plans(late_rule="fee", late_fee_minor=4000)
    asked_for = book_confirmed(cast.room, at(4, 14))
    SavedMethod.objects.create(
        person=cast.client, customer_key="c", method_key="m", label="Visa •• 4242", saved_at=NOW
    )
    charged = book_confirmed(cast.room, at(4, 9))
    client = signed_in(cast.client)

    def cancelling(session: Appointment) -> str:
        with time_machine.travel(at(4, 2), tick=False):
            return client.get(f"/schedule/{session.code}/cancel/").content.decode()

    assert "charged to your Visa •• 4242, as you agreed when booking." in cancelling(charged)
    assert "You pay the fee afterwards, on the page “Plan and credits”." in cancelling(asked_for)
    settings.STRIPE_SECRET_KEY = ""
    assert "You pay the fee to the practice." in cancelling(charged)


def test_no_further_credit_is_offered_where_the_plan_has_ended(
    cast: Cast, payments: PaymentService
) -> None:
    change_plans(extra_credit_minor=6000)
    for number in range(CREDITS):
        ledger.reserve(cast.room, f"K:{number}", now=NOW)
    assert "A further one costs $60." in story_of(cast)

    Entitlement.objects.filter(room=cast.room).update(ends_on=NOW.date())

    page = story_of(cast)
    assert "A further one costs" not in page
    assert "No further ones are due: ask the practice to renew your plan." in page


def test_plan_that_ended_long_ago_says_in_which_year(cast: Cast) -> None:
    Entitlement.objects.filter(room=cast.room).update(
        starts_on=dt.date(2024, 1, 1), ends_on=dt.date(2025, 7, 1)
    )

    page = story_of(cast)

    assert "<dt>Ended</dt><dd>July 1, 2025</dd>" in page


def test_page_that_waits_asks_a_silent_service_once(cast: Cast, payments: PaymentService) -> None:
    change_plans(extra_credit_minor=6000)
    client = signed_in(cast.client)
    client.get(client.post(f"/plan/{cast.room.code}/credits/", {"count": "2"})["Location"])
    purchase = Purchase.objects.get()
    payments.fails = [BROKEN] * 9
    before = len(payments.calls)
    client.get(f"/plan/paid/{purchase.code}/")
    asked = len(payments.calls)

    page = client.get(f"/plan/paid/{purchase.code}/")

    assert page["Refresh"] == "3"
    assert before < asked == len(payments.calls)


def test_paid_credits_lead_on_to_booking(cast: Cast, payments: PaymentService) -> None:
    change_plans(extra_credit_minor=6000)
    purchase = buy_credits(actor=cast.client, room=cast.room, now=NOW)
    take_news(Paid(purchase.code, "cs_1", "pi_1", 6000, "USD"), now=NOW)

    page = signed_in(cast.client).get(f"/plan/paid/{purchase.code}/").content.decode()

    assert "Your payment is here." in page
    assert 'href="/schedule/new/">Book or start a session' in page


# --- Staff --------------------------------------------------------------------------------------


def staff_page(cast: Cast, person: Person) -> str:
    answer = signed_in(person).get(f"/staff/rooms/{cast.room.code}/credits/")
    return answer.content.decode()


def test_staff_record_what_was_paid_and_it_is_on_record(cast: Cast) -> None:
    typed = {"what": "credits", "count": "2", "amount": "80.50", "note": "Transfer of 3 May"}

    answer = signed_in(cast.staff).post(f"/staff/rooms/{cast.room.code}/credits/", typed)

    assert answer.status_code == 302
    assert balance(cast.room, NOW).available == CREDITS + 2
    row = AuditRow.objects.get(act="payment.recorded")
    assert (row.actor, row.reason, row.subject) == (
        cast.staff.key,
        "Transfer of 3 May",
        f"room:{cast.room.code}",
    )
    assert "Transfer of 3 May" in staff_page(cast, cast.staff)


def test_nobody_of_staff_is_the_practice_for_what_they_owe(cast: Cast) -> None:
    paid = record_credits_paid(
        actor=cast.staff, room=cast.room, count=1, amount_minor=100, note="Cash", now=NOW
    )
    fee = LateFee.objects.create(
        room=cast.room, amount_minor=100, currency="USD", cause="test", due_at=NOW
    )
    cast.client.is_admin = True
    cast.client.save()
    act: dict[str, Any] = {"actor": cast.client, "now": NOW}

    with refused(OwnRoom):
        record_credits_paid(room=cast.room, count=20, amount_minor=0, note="A gift", **act)
    with refused(OwnRoom):
        record_plan_paid(room=cast.room, code="four", amount_minor=0, note="A gift", **act)
    with refused(OwnRoom):
        record_fee_paid(room=cast.room, fee=fee.pk, note="Cash", **act)
    with refused(OwnRoom):
        waive_fee(fee=fee.pk, reason="Was ill", **act)
    with refused(OwnRoom):
        refund_purchase(code=paid.code, reason="Not needed", **act)
    typed = {"what": "credits", "count": "20", "amount": "0", "note": "A gift"}
    answer = signed_in(cast.client).post(f"/staff/rooms/{cast.room.code}/credits/", typed)
    assert answer.status_code == 403


def test_a_provider_who_is_staff_records_what_their_clients_paid(cast: Cast) -> None:
    cast.provider.is_admin = True
    cast.provider.save()

    record_credits_paid(
        actor=cast.provider, room=cast.room, count=1, amount_minor=100, note="Cash", now=NOW
    )

    assert balance(cast.room, NOW).available == CREDITS + 1


@pytest.mark.parametrize(
    "typed",
    [{"amount": "-1"}, {"amount": "0.001"}, {"note": ""}, {"count": "0"}, {"what": "none"}],
)
def test_wrong_payment_records_nothing(cast: Cast, typed: dict[str, str]) -> None:
    right = {"what": "credits", "count": "2", "amount": "80", "note": "Cash"}

    answer = signed_in(cast.staff).post(
        f"/staff/rooms/{cast.room.code}/credits/", {**right, **typed}
    )

    assert answer.status_code == 422
    assert not Purchase.objects.exists()


def test_look_at_a_room_is_on_record(cast: Cast) -> None:
    staff_page(cast, cast.staff)

    assert AuditRow.objects.filter(subject=f"room:{cast.room.code}", actor=cast.staff.key).exists()


def test_refund_and_waiver_are_for_admins(cast: Cast) -> None:
    purchase = record_credits_paid(
        actor=cast.staff, room=cast.room, count=2, amount_minor=8000, note="Cash", now=NOW
    )
    fee = LateFee.objects.create(
        room=cast.room, amount_minor=4000, currency="USD", cause="late:K:1", due_at=NOW
    )
    addresses = [
        f"/staff/rooms/{cast.room.code}/refund/{purchase.code}/",
        f"/staff/rooms/{cast.room.code}/fees/{fee.pk}/waive/",
    ]
    assert addresses[0] not in staff_page(cast, cast.staff)
    assert addresses[0] in staff_page(cast, cast.admin)
    for address in addresses:
        assert signed_in(cast.staff).post(address, {"reason": "Snow"}).status_code == 404
        assert signed_in(cast.admin).post(address, {"reason": ""}).status_code == 422
        assert signed_in(cast.admin).post(address, {"reason": "Snow"}).status_code == 302

    fee.refresh_from_db()
    assert fee.state == "waived"
    assert balance(cast.room, NOW).available == CREDITS
    # Of another room it is not there at all.
    other = f"/staff/rooms/{cast.strangers_room.code}/refund/{purchase.code}/"
    assert signed_in(cast.admin).get(other).status_code == 404
    assert signed_in(cast.admin).post(other, {"reason": "Snow"}).status_code == 404


def test_refund_says_how_much_goes_back_before_the_click(cast: Cast) -> None:
    common: dict[str, Any] = {"actor": cast.staff, "room": cast.room, "note": "Cash", "now": NOW}
    credits = record_credits_paid(count=2, amount_minor=8000, **common)
    plan = record_plan_paid(code="four", amount_minor=20000, **common)
    # All but one: those without an end are used last.
    for number in range(balance(cast.room, NOW).available - 1):
        ledger.reserve(cast.room, f"K:{number}", now=NOW)
    admin = signed_in(cast.admin)
    address = f"/staff/rooms/{cast.room.code}/refund/{credits.code}/"

    page = admin.get(address).content.decode()

    assert "$40 go back for 1 unused credit, which leaves the room at once." in page
    assert 'name="agreed" value="4000"' in page
    assert Refund.objects.count() == 0
    whole = admin.get(f"/staff/rooms/{cast.room.code}/refund/{plan.code}/").content.decode()
    assert "$200 go back: the whole payment. Without another payment the plan ends today" in whole

    # Another credit is used between the look and the click: nothing goes back unread.
    ledger.reserve(cast.room, "K:last", now=NOW)
    changed = admin.post(address, {"reason": "Snow", "agreed": "4000"})
    assert changed.status_code == 409
    assert "What can be given back has changed meanwhile." in changed.content.decode()
    assert Refund.objects.count() == 0
    assert "Nothing of this can be given back any more." in admin.get(address).content.decode()


def test_saved_card_is_removed_after_reading_what_that_means(cast: Cast) -> None:
    SavedMethod.objects.create(
        person=cast.client, customer_key="c", method_key="m", label="Visa •• 4242", saved_at=NOW
    )
    client = signed_in(cast.client)
    assert 'href="/plan/card/"' in story_of(cast)
    assert "Visa •• 4242 is kept" in client.get("/plan/card/").content.decode()
    assert signed_in(cast.stranger).get("/plan/card/").status_code == 404

    # The second click of an impatient hand finds what the first one did.
    for _click in range(2):
        assert client.post("/plan/card/")["Location"] == "/plan/"

    assert not SavedMethod.objects.exists()
    assert "Saved card" not in story_of(cast)
    assert client.get("/plan/card/").status_code == 404
