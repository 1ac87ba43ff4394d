"""A session's page, and moving and cancelling it: each cost is said before the click."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from alcove.billing.ledger import balance
from alcove.billing.models import Entitlement
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.actions.lapse import lapse_appointment
from alcove.booking.models import Appointment, Ending, SlotHold, Status
from alcove.booking.tests.pages import MARCH_4_AT_10, time_url
from alcove.core.models import Event
from alcove.people.models import Person, Practice
from tests.cast import (
    NOW,
    Cast,
    at,
    book,
    book_confirmed,
    change_plans,
    hold,
    hold_to_move,
)
from tests.visitors import signed_in, text_of

pytestmark = pytest.mark.usefixtures("on_that_monday")


def test_page_tells_the_history_and_offers_calendars(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))

    response = signed_in(cast.client).get(f"/schedule/{appointment.code}/")

    page = text_of(response)
    assert "You booked this live session." in page
    assert "Petra Provider confirmed it." in page
    assert "Changes are free until Tue, Mar 3, 10:00 AM." in page
    assert "Reschedule" in page
    assert "Cancel session" in page
    for name in ("google", "ics", "outlook", "microsoft365"):
        assert reverse(f"calendars:{name}", args=[appointment.code]) in response.content.decode()


def test_partner_sees_the_session_and_why_they_cannot_change_it(cast: Cast) -> None:
    appointment = book(cast.couples_room, at(4, 9))

    page = text_of(signed_in(cast.partner).get(f"/schedule/{appointment.code}/"))

    assert "In this room only Cora Client can schedule, move or cancel live sessions." in page
    assert "Cancel session" not in page


def test_unconfirmed_session_says_so_beside_its_calendars(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    client = signed_in(cast.client)
    words = "It is not confirmed yet, and an entry that you add now does not change by itself."

    before = text_of(client.get(f"/schedule/{appointment.code}/"))
    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)
    after = text_of(client.get(f"/schedule/{appointment.code}/"))

    assert (words in before, words in after) == (True, False)


@pytest.mark.parametrize("ending", ["declined", "lapsed"])
def test_request_that_came_to_nothing_offers_the_next_free_times_to_its_owner(
    cast: Cast, ending: str
) -> None:
    appointment = book(cast.couples_room, at(4, 9))
    if ending == "declined":
        decline_appointment(actor=cast.provider, code=appointment.code, words="", now=NOW)
    else:
        lapse_appointment(appointment=appointment, now=NOW)
    path = f"/schedule/{appointment.code}/"

    pages = {
        who: signed_in(getattr(cast, who)).get(path) for who in ("client", "partner", "provider")
    }

    shown = pages["client"].content.decode()
    starts = re.findall(r'name="starts_at" value="([^"]+)"', shown)
    assert starts == [at(2, 11).isoformat(), at(2, 11, 45).isoformat(), at(2, 12, 30).isoformat()]
    assert "Mon, Mar 2, 12:00 PM" in text_of(pages["client"])
    times = time_url(cast.couples_room, "?modality=video&amp;length=45")
    assert shown.count(f'="{times}"') == 2  # where a chosen time is sent, and all of them
    for who in ("partner", "provider"):
        assert b'name="starts_at"' not in pages[who].content


def test_offered_time_is_kept_by_one_tap(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    decline_appointment(actor=cast.provider, code=appointment.code, words="", now=NOW)

    response = signed_in(cast.client).post(
        time_url(cast.room, "?modality=video&length=45"),
        {"starts_at": at(2, 11).isoformat(), "modality": "video", "length": "45"},
    )

    kept = SlotHold.objects.latest("id")
    assert kept.starts_at == at(2, 11)
    assert response["Location"] == reverse("booking:review", args=[kept.code])


def test_request_that_came_to_nothing_in_a_closed_room_offers_no_times(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    decline_appointment(actor=cast.provider, code=appointment.code, words="", now=NOW)
    Entitlement.objects.filter(room=cast.room).update(state="unpaid")

    response = signed_in(cast.client).get(f"/schedule/{appointment.code}/")

    assert b'name="starts_at"' not in response.content
    assert "Book or start a session" in text_of(response)


def test_reschedule_journey_moves_the_session_for_free(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(5, 9))
    client = signed_in(cast.client)

    chooser = client.get(reverse("booking:reschedule", args=[appointment.code]))
    held = client.post(
        reverse("booking:reschedule", args=[appointment.code]),
        {"starts_at": at(6, 9).isoformat()},
    )
    review = client.get(held["Location"])
    moved = client.post(held["Location"], {"agreed": "free", "idempotency_key": "k"})
    again = client.post(held["Location"], {"agreed": "free", "idempotency_key": "k"})

    assert "Thu, Mar 5, 10:00 AM stays yours" in text_of(chooser)
    assert "Moving now is free." in text_of(review)
    assert "Friday, March 6, 10:00 AM" in text_of(review)
    assert "Confirm rescheduling" in text_of(review)
    assert moved["Location"] == again["Location"] == f"/schedule/{appointment.code}/"
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.status) == (at(6, 9), Status.REQUESTED)
    assert Event.objects.filter(kind="appointment.rescheduled").count() == 1


@pytest.mark.parametrize(
    ("rule", "minutes", "words"),
    [
        ("credit", 0, "Moving now is free. Your session credit stays with this session."),
        ("credit", 1, "You will lose 1 session credit, and the new time takes another one."),
        ("fee", 1, "If you move it now, a fee of $40 applies."),
    ],
)
def test_cost_of_a_move_is_said_before_a_time_is_chosen(
    cast: Cast, rule: str, minutes: int, words: str
) -> None:
    change_plans(late_rule=rule, late_fee_minor=4000)
    cast.room.refresh_from_db()
    appointment = book_confirmed(cast.room, at(3, 9))
    client = signed_in(cast.client)

    with time_machine.travel(NOW + dt.timedelta(minutes=minutes), tick=False):
        page = client.get(reverse("booking:reschedule", args=[appointment.code]))

    assert words in text_of(page)


def test_new_booking_speaks_of_no_move(cast: Cast) -> None:
    page = text_of(signed_in(cast.client).get(time_url(cast.room)))

    assert "Moving" not in page


def test_late_move_says_what_it_costs_before_the_click(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(3, 9))
    late = NOW + dt.timedelta(minutes=1)
    kept = hold_to_move(appointment, at(5, 9), now=late)

    with time_machine.travel(late, tick=False):
        client = signed_in(cast.client)
        page = client.get(reverse("booking:review_move", args=[kept.code]))
        stale = client.post(reverse("booking:review_move", args=[kept.code]), {"agreed": "free"})

    words = "You will lose 1 session credit, and the new time takes another one."
    assert words in text_of(page)
    assert stale.status_code == 409
    assert 'name="agreed" value="credit"' in stale.content.decode()
    appointment.refresh_from_db()
    assert appointment.starts_at == at(3, 9)


def test_posted_move_of_a_new_bookings_hold_leads_to_its_review(cast: Cast) -> None:
    kept = hold(cast.room, MARCH_4_AT_10)

    answer = signed_in(cast.client).post(f"/schedule/move/{kept.code}/", {"agreed": "free"})

    assert (answer.status_code, answer["Location"]) == (302, f"/schedule/review/{kept.code}/")
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("automatic", "before", "after"),
    [
        (True, "and confirmed at once.", "and is confirmed."),
        (False, "without an answer there is no session", "Petra Provider answers by"),
    ],
)
def test_move_says_what_becomes_of_the_present_time(
    cast: Cast, automatic: bool, before: str, after: str
) -> None:
    Practice.objects.update(confirms_automatically=automatic)
    appointment = book(cast.room, at(5, 9))
    kept = hold_to_move(appointment, at(6, 9))
    client = signed_in(cast.client)

    page = text_of(client.get(f"/schedule/move/{kept.code}/"))
    moved = client.post(f"/schedule/move/{kept.code}/", {"agreed": "free"}, follow=True)

    assert before in page
    assert "Your live session has moved to Fri, Mar 6, 10:00 AM" in text_of(moved)
    assert after in text_of(moved)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("credit", "If you cancel now, you will lose 1 session credit."),
        ("fee", "If you cancel now, a fee of $40 applies."),
    ],
)
def test_late_cancel_page_says_the_exact_consequence(cast: Cast, rule: str, words: str) -> None:
    change_plans(late_rule=rule, late_fee_minor=4000)
    cast.room.refresh_from_db()
    appointment = book_confirmed(cast.room, at(3, 8))

    page = text_of(signed_in(cast.client).get(f"/schedule/{appointment.code}/cancel/"))

    assert words in page


def test_cancel_with_a_reason_happens_once(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(5, 9))
    client = signed_in(cast.client)
    sent = {
        "reason": cast.reason.pk,
        "words": "Fever",
        "agreed": "free",
        "idempotency_key": "k",
    }

    page = client.get(f"/schedule/{appointment.code}/cancel/")
    first = client.post(f"/schedule/{appointment.code}/cancel/", sent)
    second = client.post(f"/schedule/{appointment.code}/cancel/", sent)

    assert "Cancelling now is free." in text_of(page)
    assert first["Location"] == second["Location"] == f"/schedule/{appointment.code}/"
    assert Event.objects.filter(kind="appointment.cancelled").count() == 1
    shown = text_of(client.get(first["Location"]))
    for words in ("Cancelled", "I am ill", "Fever", "It was free.", "You cancelled it."):
        assert words in shown


def test_changed_consequence_keeps_what_was_typed_and_shows_the_new_one(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(3, 8))

    response = signed_in(cast.client).post(
        f"/schedule/{appointment.code}/cancel/",
        {"reason": cast.reason.pk, "words": "Fever", "agreed": "free"},
    )

    assert response.status_code == 409
    body = response.content.decode()
    assert "Fever</textarea>" in body
    assert 'name="agreed" value="credit"' in body
    assert re.search(r'type="radio"[^>]*checked', body)
    assert "What this change costs has changed" in text_of(response)
    assert not Ending.objects.exists()


def test_cancel_without_a_reason_keeps_the_words(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))

    response = signed_in(cast.client).post(
        f"/schedule/{appointment.code}/cancel/", {"words": "Fever", "agreed": "free"}
    )

    assert response.status_code == 422
    assert "Please choose a reason." in text_of(response)
    assert "Fever</textarea>" in response.content.decode()


def test_cancel_needs_no_reason_where_the_practice_lists_none(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))
    cast.reason.delete()
    client = signed_in(cast.client)

    page = client.get(f"/schedule/{appointment.code}/cancel/")
    client.post(f"/schedule/{appointment.code}/cancel/", {"agreed": "free"})

    assert page.status_code == 200
    assert Ending.objects.get().appointment == appointment


def test_cancel_by_the_provider_is_free_for_the_client(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(3, 8))
    provider = signed_in(cast.provider)

    page = provider.get(f"/schedule/{appointment.code}/cancel/")
    provider.post(
        f"/schedule/{appointment.code}/cancel/", {"reason": cast.reason.pk, "agreed": "free"}
    )

    assert "This is free for Cora Client: the session credit comes back." in text_of(page)
    assert balance(cast.room, NOW).available == 4


def test_reasons_are_in_the_readers_language(cast: Cast) -> None:
    Person.objects.filter(pk=cast.client.pk).update(language="es")
    appointment = book(cast.room, at(5, 9))

    response = signed_in(cast.client).get(f"/schedule/{appointment.code}/cancel/")

    assert "Estoy enferma" in text_of(response)
