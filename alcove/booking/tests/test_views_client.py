"""The client's pages of booking: what they show, refuse, keep, and do exactly once."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from alcove.billing.ledger import balance
from alcove.billing.models import Entitlement
from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.actions.hold import hold_slot, hold_slot_to_move
from alcove.booking.actions.lapse import lapse_appointment
from alcove.booking.models import Appointment, Ending, SlotHold, Status
from alcove.core.models import Event
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, at, book, book_confirmed, change_plans, make_person


@pytest.fixture(autouse=True)
def _on_that_monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(response: HttpResponseBase) -> str:
    """The page's words, without tags, with single spaces."""
    body = re.sub(r"<[^>]+>", " ", getattr(response, "content", b"").decode())
    return re.sub(r"\s+", " ", body.replace("&#x27;", "'").replace("&quot;", '"'))


MARCH_4_AT_10 = at(4, 9)


def hold(cast: Cast, starts_at: dt.datetime = MARCH_4_AT_10) -> SlotHold:
    return hold_slot(
        actor=cast.client,
        room_code=cast.room.code,
        modality="video",
        length_minutes=45,
        starts_at=starts_at,
        now=NOW,
    )


def time_url(room: Room, query: str = "") -> str:
    return reverse("booking:new_time", args=[room.code]) + query


# --- Schedule -----------------------------------------------------------------------------------


def test_schedule_lists_coming_sessions_next_first_in_the_readers_zone(cast: Cast) -> None:
    book_confirmed(cast.room, at(5, 9))
    book(cast.room, at(4, 9))

    page = text_of(signed_in(cast.client).get("/schedule/"))

    assert "Times are shown for Berlin (GMT+1)." in page
    first, second = page.index("Wednesday, March 4, 10:00 AM"), page.index("Thursday, March 5")
    assert first < second
    assert "Video, 45 minutes" in page
    assert "Petra Provider answers by Tue, Mar 3, 10:00 AM." in page
    assert "Book or start a session" in page


def test_schedule_of_partner_shows_sessions_and_who_schedules(cast: Cast) -> None:
    book(cast.couples_room, at(4, 9))

    page = text_of(signed_in(cast.partner).get("/schedule/"))

    assert "Wednesday, March 4, 4:00 AM" in page
    assert "Petra Provider and Cora Client" in page
    assert "Cora Client schedules the live sessions of your room." in page
    assert "Book or start a session" not in page


def test_schedule_of_provider_names_the_client_and_has_no_booking_button(cast: Cast) -> None:
    book(cast.room, at(4, 9))

    page = text_of(signed_in(cast.provider).get("/schedule/"))

    assert "Cora Client" in page
    assert "Please answer by Tue, Mar 3, 10:00 AM." in page
    assert "Book or start a session" not in page


def test_schedule_shows_strangers_none_of_it(cast: Cast) -> None:
    book(cast.room, at(4, 9))

    page = text_of(signed_in(cast.stranger).get("/schedule/"))

    assert "March 4" not in page
    assert "No live session is booked" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_schedule_takes_ten_statements_however_many_sessions(
    cast: Cast,
    django_assert_num_queries: object,
    rows: int,
) -> None:
    for number in range(rows):
        book(cast.room, at(4 + number, 9))
        ended = book_confirmed(cast.second_room, at(4 + number, 15))
        cancel_appointment(
            actor=cast.client,
            code=ended.code,
            reason=cast.reason,
            words="",
            agreed="free",
            now=NOW,
        )
    client = signed_in(cast.client)

    with django_assert_num_queries(10):  # type: ignore[operator]  # pytest-django's fixture
        response = client.get("/schedule/")

    assert len(response.context["coming"]) == len(response.context["past"]) == rows


def test_past_sessions_come_twenty_a_page(cast: Cast) -> None:
    book(cast.room, at(4, 9))
    pattern = Appointment.objects.get()
    Appointment.objects.bulk_create(
        Appointment(
            room=cast.room,
            provider=cast.provider,
            booked_by=cast.client,
            modality="video",
            starts_at=NOW - dt.timedelta(days=day),
            ends_at=NOW - dt.timedelta(days=day, minutes=-45),
            status=Status.COMPLETED,
            confirm_by=NOW,
            late_rule=pattern.late_rule,
            booked_at=NOW,
        )
        for day in range(1, 22)
    )
    client = signed_in(cast.client)

    pages = [client.get(f"/schedule/?page={page}") for page in (1, 2, "wrong")]

    assert [len(page.context["past"]) for page in pages] == [20, 1, 20]


# --- Room, type and length ----------------------------------------------------------------------


def test_every_room_of_the_client_is_shown_with_why_one_is_closed(cast: Cast) -> None:
    Entitlement.objects.filter(room=cast.second_room).update(state="unpaid")

    response = signed_in(cast.client).get("/schedule/new/")

    page = text_of(response)
    assert page.count("Petra Provider") == 2
    assert "The last payment for this room did not arrive." in page
    assert f'value="{cast.second_room.code}"' not in response.content.decode()
    assert "Couples room" in page


def test_only_bookable_room_is_chosen_already(cast: Cast) -> None:
    Room.objects.filter(pk__in=[cast.couples_room.pk, cast.second_room.pk]).update(closed_at=NOW)

    response = signed_in(cast.client).get("/schedule/new/")

    assert f'value="{cast.room.code}" required checked' in response.content.decode()


def test_partner_is_told_who_schedules_and_cannot_continue(cast: Cast) -> None:
    response = signed_in(cast.partner).get("/schedule/new/")

    page = text_of(response)
    assert "Only Cora Client can schedule in this room." in page
    assert "Continue" not in page


def test_continue_without_a_room_says_what_is_missing(cast: Cast) -> None:
    response = signed_in(cast.client).get("/schedule/new/?go=1")

    assert response.status_code == 422
    assert "Please choose one of the rooms that can be booked." in text_of(response)


def test_continue_leads_to_type_and_length_and_on_to_the_time(cast: Cast) -> None:
    client = signed_in(cast.client)

    room = client.get(f"/schedule/new/?room={cast.room.code}&go=1")
    kind = client.get(f"{room['Location']}?session=audio.30")

    assert room["Location"] == f"/schedule/new/{cast.room.code}/"
    assert kind["Location"] == time_url(cast.room, "?modality=audio&length=30")


def test_types_and_lengths_are_those_of_plan_and_provider(cast: Cast) -> None:
    change_plans(offers={"video": [45, 90], "chat": [30]})

    response = signed_in(cast.client).get(reverse("booking:new_type", args=[cast.room.code]))

    values = re.findall(r'name="session" value="([^"]+)"', response.content.decode())
    assert values == ["video.45", "chat.30"]
    assert "4 session credits left." in text_of(response)


def test_without_a_credit_the_plan_is_explained_and_nothing_continues(cast: Cast) -> None:
    for day in (4, 5, 6, 9):
        book(cast.room, at(day, 9))

    response = signed_in(cast.client).get(reverse("booking:new_type", args=[cast.room.code]))

    page = text_of(response)
    assert "There is no session credit left for this room." in page
    assert "includes 4 session credits each period." in page
    assert "The next ones come on Wednesday, April 1." in page
    assert "Continue" not in page


# --- Time ---------------------------------------------------------------------------------------


def test_time_page_shows_the_first_free_day_in_the_readers_zone(cast: Cast) -> None:
    response = signed_in(cast.client).get(time_url(cast.room, "?modality=video&length=45"))

    month = response.context["month"]
    # Two hours of notice from 10:00 in Berlin; the day ends at 17:00 on the provider's wall.
    assert month.chosen.date == dt.date(2026, 3, 2)
    assert month.chosen.slots[0] == at(2, 11)
    assert month.chosen.slots[-1] == at(2, 15, 15)
    page = text_of(response)
    assert "Times are shown for Berlin (GMT+1)." in page
    assert "Saturday, March 7, no free times" in page


def test_month_is_cut_at_the_midnights_of_the_reader(cast: Cast) -> None:
    Person.objects.filter(pk=cast.client.pk).update(time_zone="Pacific/Kiritimati")

    response = signed_in(Person.objects.get(pk=cast.client.pk)).get(
        time_url(cast.room, "?modality=video&length=45&month=2026-04")
    )

    # 31 March 10:00 to 16:15 in Berlin summer time is past midnight of 1 April at GMT+14.
    first = next(day for week in response.context["month"].weeks for day in week if day)
    assert (first.date, first.slots[0]) == (dt.date(2026, 4, 1), at(31, 10))


@pytest.mark.parametrize(
    "query",
    [
        "?modality=telepathy&length=-3&month=yesterday&day=31",
        "?month=0001-01&day=0001-01-01",
        "?month=9999-12&day=9999-12-31",
        "?month=2026-03&day=2031-01-01",
        "?modality=video&length=9999999999999999999999",
    ],
)
def test_wrong_query_falls_back_to_what_there_is(cast: Cast, query: str) -> None:
    response = signed_in(cast.client).get(time_url(cast.room, query))

    assert (response.status_code, response.context["modality"], response.context["length"]) == (
        200,
        "video",
        30,
    )


def test_no_free_time_in_the_horizon_is_said_in_plain_words(cast: Cast) -> None:
    cast.provider.provider_calendar.rules.all().delete()

    page = text_of(signed_in(cast.client).get(time_url(cast.room)))

    assert "Petra Provider has no free time for this session in the coming weeks." in page


def test_time_page_takes_at_most_eight_statements(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    book(cast.room, at(4, 9))
    client = signed_in(cast.client)

    with django_assert_max_num_queries(8):  # type: ignore[operator]  # pytest-django's fixture
        response = client.get(time_url(cast.room, "?modality=video&length=45"))

    assert response.status_code == 200


def test_chosen_time_is_held_and_leads_to_the_review(cast: Cast) -> None:
    response = signed_in(cast.client).post(
        time_url(cast.room),
        {"starts_at": at(4, 9).isoformat(), "modality": "video", "length": "45"},
    )

    kept = SlotHold.objects.get()
    assert response["Location"] == reverse("booking:review", args=[kept.code])
    assert (kept.starts_at, kept.length_minutes, kept.expires_at) == (
        at(4, 9),
        45,
        NOW + dt.timedelta(minutes=10),
    )


def test_choosing_the_same_time_twice_is_one_hold(cast: Cast) -> None:
    client = signed_in(cast.client)
    choice = {"starts_at": at(4, 9).isoformat(), "modality": "video", "length": "45"}

    first = client.post(time_url(cast.room), choice)
    second = client.post(time_url(cast.room), choice)

    assert first["Location"] == second["Location"]
    assert SlotHold.objects.count() == 1


def test_taken_time_shows_the_page_again_with_fresh_times(cast: Cast) -> None:
    book(cast.strangers_room, at(4, 9))

    response = signed_in(cast.client).post(
        time_url(cast.room, "?modality=video&length=45&month=2026-03&day=2026-03-04"),
        {"starts_at": at(4, 9).isoformat(), "modality": "video", "length": "45"},
    )

    assert response.status_code == 409
    assert "That time has just been taken." in text_of(response)
    assert at(4, 9) not in response.context["month"].chosen.slots
    assert response.context["month"].chosen.slots[0] == at(4, 8)


@pytest.mark.parametrize("wrong", ["", "noon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00Z"])
def test_unreadable_time_changes_nothing(cast: Cast, wrong: str) -> None:
    response = signed_in(cast.client).post(
        time_url(cast.room), {"starts_at": wrong, "modality": "video", "length": "45"}
    )

    assert response.status_code == 422
    assert not SlotHold.objects.exists()


# --- Review and Book session --------------------------------------------------------------------


def test_review_shows_everything_and_until_when_changes_are_free(cast: Cast) -> None:
    page = text_of(signed_in(cast.client).get(reverse("booking:review", args=[hold(cast).code])))

    for words in (
        "Petra Provider",
        "Video, 45 minutes",
        "Wednesday, March 4",
        "10:00 AM – 10:45 AM",
        "Berlin (GMT+1)",
        "1 session credit",
        "Changes are free until Tue, Mar 3, 10:00 AM.",
        "After that, you will lose 1 session credit.",
        "Until Petra Provider has confirmed, cancelling is always free.",
        "Petra Provider answers by Tue, Mar 3, 10:00 AM",
        "Book session",
    ):
        assert words in page


def test_review_names_the_fee_of_a_plan_with_a_fee(cast: Cast) -> None:
    change_plans(late_rule="fee", late_fee_minor=4000)

    page = text_of(signed_in(cast.client).get(reverse("booking:review", args=[hold(cast).code])))

    assert "After that, a fee of $40 applies." in page


def test_review_within_the_notice_says_that_changes_will_cost(cast: Cast) -> None:
    kept = hold(cast, at(2, 12))

    page = text_of(signed_in(cast.client).get(reverse("booking:review", args=[kept.code])))

    assert "This session starts in less than 24 hours." in page
    assert "Changes are free until" not in page


def test_book_session_twice_with_one_key_books_once(cast: Cast) -> None:
    client = signed_in(cast.client)
    address = reverse("booking:review", args=[hold(cast).code])

    first = client.post(address, {"idempotency_key": "k"})
    second = client.post(address, {"idempotency_key": "k"})

    appointment = Appointment.objects.get()
    assert first["Location"] == second["Location"] == f"/schedule/{appointment.code}/"
    assert Event.objects.count() == 1
    assert balance(cast.room, NOW).available == 3
    shown = text_of(client.get(first["Location"]))
    assert "Your live session is booked. Petra Provider answers by Tue, Mar 3" in shown


def test_expired_hold_says_so_and_leads_back_with_the_same_choice(cast: Cast) -> None:
    kept = hold(cast)
    client = signed_in(cast.client)

    with time_machine.travel(NOW + dt.timedelta(minutes=10), tick=False):
        response = client.get(reverse("booking:review", args=[kept.code]))
        refused = client.post(reverse("booking:review", args=[kept.code]))

    assert "We could keep that time only for a while" in text_of(response)
    assert "Book session" not in text_of(response)
    assert "?modality=video&amp;length=45" in response.content.decode()
    assert refused.status_code == 409
    assert not Appointment.objects.exists()


def test_review_of_a_booked_hold_leads_to_its_session(cast: Cast) -> None:
    kept = hold(cast)
    client = signed_in(cast.client)
    booked = client.post(reverse("booking:review", args=[kept.code]))

    again = client.get(reverse("booking:review", args=[kept.code]))

    assert again["Location"] == booked["Location"]


# --- The session's page -------------------------------------------------------------------------


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


# --- Reschedule ---------------------------------------------------------------------------------


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
    kept = hold_slot_to_move(
        actor=cast.client, appointment_code=appointment.code, starts_at=at(5, 9), now=late
    )

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


# --- Cancel -------------------------------------------------------------------------------------


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


# --- Who may ------------------------------------------------------------------------------------


def pages_of(cast: Cast) -> list[str]:
    """Every address about the couples room, its session and its holds."""
    appointment = book(cast.couples_room, at(5, 9))
    kept = hold_slot(
        actor=cast.client,
        room_code=cast.couples_room.code,
        modality="video",
        length_minutes=45,
        starts_at=at(6, 9),
        now=NOW,
    )
    moved = book(cast.second_room, at(9, 15))
    moving = hold_slot_to_move(
        actor=cast.client, appointment_code=moved.code, starts_at=at(10, 15), now=NOW
    )
    return [
        reverse("booking:new_type", args=[cast.couples_room.code]),
        time_url(cast.couples_room),
        reverse("booking:reschedule", args=[appointment.code]),
        reverse("booking:cancel", args=[appointment.code]),
        reverse("booking:appointment", args=[appointment.code]),
        reverse("booking:review", args=[kept.code]),
        reverse("booking:review_move", args=[moving.code]),
    ]


def test_strangers_and_staff_find_no_page(cast: Cast) -> None:
    for address in pages_of(cast):
        for person in (cast.stranger, cast.staff):
            assert signed_in(person).get(address).status_code == 404, address
            assert signed_in(person).post(address).status_code in {404, 405}, address


def test_signed_out_people_are_sent_to_sign_in(cast: Cast) -> None:
    for address in [*pages_of(cast), "/schedule/", "/schedule/new/"]:
        response = Client().get(address)
        assert response.status_code == 302, address
        assert response["Location"].startswith(reverse("account_login")), address


def test_partner_is_refused_every_act_of_scheduling_in_plain_words(cast: Cast) -> None:
    partner = signed_in(cast.partner)
    *acts, _session, review, move = pages_of(cast)

    for address in acts:
        response = partner.get(address)
        assert response.status_code == 403, address
        assert "In this room only Cora Client can schedule" in text_of(response), address
    assert [partner.get(address).status_code for address in (review, move)] == [404, 404]


def test_provider_may_not_book_for_the_client(cast: Cast) -> None:
    assert signed_in(cast.provider).get(time_url(cast.room)).status_code == 403


def test_ended_session_can_be_neither_moved_nor_cancelled(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))
    cancel_appointment(
        actor=cast.client,
        code=appointment.code,
        reason=cast.reason,
        words="",
        agreed="free",
        now=NOW,
    )
    client = signed_in(cast.client)

    for act in ("reschedule", "cancel"):
        response = client.get(f"/schedule/{appointment.code}/{act}/")
        assert response.status_code == 409
        assert "can no longer be changed: Cancelled." in text_of(response)


def test_person_without_a_room_is_told_what_opens_one(cast: Cast) -> None:
    client = signed_in(make_person("Nina Newcomer"))

    assert "You have no room yet" in text_of(client.get("/schedule/"))
    assert "You have no room to book in" in text_of(client.get("/schedule/new/"))


def test_confirmed_session_is_shown_as_such(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))
    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)

    assert "Confirmed" in text_of(signed_in(cast.client).get("/schedule/"))


def test_posted_move_of_a_new_bookings_hold_leads_to_its_review(cast: Cast) -> None:
    kept = hold(cast)

    answer = signed_in(cast.client).post(f"/schedule/move/{kept.code}/", {"agreed": "free"})

    assert (answer.status_code, answer["Location"]) == (302, f"/schedule/review/{kept.code}/")
    assert not Appointment.objects.exists()


def test_review_under_automatic_confirmation_speaks_of_no_waiting(cast: Cast) -> None:
    Practice.objects.update(confirms_automatically=True)
    kept = hold(cast, at(3, 8))

    page = text_of(signed_in(cast.client).get(f"/schedule/review/{kept.code}/"))

    assert "If you reschedule or cancel it, you will lose 1 session credit." in page
    assert "has confirmed" not in page


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
    kept = hold_slot_to_move(
        actor=cast.client, appointment_code=appointment.code, starts_at=at(6, 9), now=NOW
    )
    client = signed_in(cast.client)

    page = text_of(client.get(f"/schedule/move/{kept.code}/"))
    moved = client.post(f"/schedule/move/{kept.code}/", {"agreed": "free"}, follow=True)

    assert before in page
    assert "Your live session has moved to Fri, Mar 6, 10:00 AM" in text_of(moved)
    assert after in text_of(moved)
