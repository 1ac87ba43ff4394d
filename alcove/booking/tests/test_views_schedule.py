"""Schedule: coming and past sessions, for everybody in a room and nobody else."""

import datetime as dt

import pytest

from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.models import Appointment, Status
from tests.cast import (
    NOW,
    Cast,
    at,
    book,
    book_confirmed,
    make_person,
)
from tests.visitors import signed_in, text_of

pytestmark = pytest.mark.usefixtures("on_that_monday")


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


def test_person_without_a_room_is_told_what_opens_one(cast: Cast) -> None:
    client = signed_in(make_person("Nina Newcomer"))

    assert "You have no room yet" in text_of(client.get("/schedule/"))
    assert "You have no room to book in" in text_of(client.get("/schedule/new/"))


def test_confirmed_session_is_shown_as_such(cast: Cast) -> None:
    appointment = book(cast.room, at(5, 9))
    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)

    assert "Confirmed" in text_of(signed_in(cast.client).get("/schedule/"))
