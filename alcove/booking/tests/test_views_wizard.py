"""Booking, page by page: what each shows, refuses, keeps, and does exactly once."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from alcove.billing.ledger import balance
from alcove.billing.models import Entitlement
from alcove.booking.models import Appointment, SlotHold
from alcove.booking.tests.pages import MARCH_4_AT_10, time_url
from alcove.core.models import Event
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room
from tests.cast import (
    NOW,
    Cast,
    at,
    book,
    change_plans,
    hold,
)
from tests.visitors import signed_in, text_of

pytestmark = pytest.mark.usefixtures("on_that_monday")


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


def test_review_shows_everything_and_until_when_changes_are_free(cast: Cast) -> None:
    page = text_of(
        signed_in(cast.client).get(
            reverse("booking:review", args=[hold(cast.room, MARCH_4_AT_10).code])
        )
    )

    for words in (
        "Petra Provider",
        "Video, 45 minutes",
        "Wednesday, March 4",
        "10:00 AM – 10:45 AM",
        "Berlin (GMT+1)",
        "1 session credit",
        "Changes are free until Tue, Mar 3, 10:00 AM.",
        "After that, rescheduling or cancelling costs 1 session credit.",
        "Until Petra Provider has confirmed, cancelling is always free.",
        "Petra Provider answers by Tue, Mar 3, 10:00 AM",
        "Book session",
    ):
        assert words in page


def test_review_names_the_fee_of_a_plan_with_a_fee(cast: Cast) -> None:
    change_plans(late_rule="fee", late_fee_minor=4000)

    page = text_of(
        signed_in(cast.client).get(
            reverse("booking:review", args=[hold(cast.room, MARCH_4_AT_10).code])
        )
    )

    assert "After that, rescheduling or cancelling costs a fee of $40." in page


def test_review_within_the_notice_says_that_changes_will_cost(cast: Cast) -> None:
    kept = hold(cast.room, at(2, 12))

    page = text_of(signed_in(cast.client).get(reverse("booking:review", args=[kept.code])))

    assert "This session starts in less than 24 hours." in page
    assert "Changes are free until" not in page


def test_book_session_twice_with_one_key_books_once(cast: Cast) -> None:
    client = signed_in(cast.client)
    address = reverse("booking:review", args=[hold(cast.room, MARCH_4_AT_10).code])

    first = client.post(address, {"idempotency_key": "k"})
    second = client.post(address, {"idempotency_key": "k"})

    appointment = Appointment.objects.get()
    assert first["Location"] == second["Location"] == f"/schedule/{appointment.code}/"
    assert Event.objects.count() == 1
    assert balance(cast.room, NOW).available == 3
    shown = text_of(client.get(first["Location"]))
    assert "Your live session is booked. Petra Provider answers by Tue, Mar 3" in shown


def test_expired_hold_says_so_and_leads_back_with_the_same_choice(cast: Cast) -> None:
    kept = hold(cast.room, MARCH_4_AT_10)
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
    kept = hold(cast.room, MARCH_4_AT_10)
    client = signed_in(cast.client)
    booked = client.post(reverse("booking:review", args=[kept.code]))

    again = client.get(reverse("booking:review", args=[kept.code]))

    assert again["Location"] == booked["Location"]


def test_review_under_automatic_confirmation_speaks_of_no_waiting(cast: Cast) -> None:
    Practice.objects.update(confirms_automatically=True)
    kept = hold(cast.room, at(3, 8))

    page = text_of(signed_in(cast.client).get(f"/schedule/review/{kept.code}/"))

    assert "If you reschedule or cancel it, you will lose 1 session credit." in page
    assert "has confirmed" not in page
