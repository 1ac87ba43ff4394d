"""The pages by which staff book, move and cancel for a client."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from alcove.booking.models import Appointment, SlotHold
from alcove.core.models import AuditRow
from alcove.people.models import Person
from tests.cast import NOW, Cast, at, book_confirmed

REASON = "Asked for it by phone"


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def admin_of(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.admin)
    return client


@time_machine.travel(NOW, tick=False)
def test_booking_for_a_client_from_the_room_to_the_session(cast: Cast, staff: Client) -> None:
    start = reverse("desk:book_type", args=[cast.room.code])
    assert "Book for Cora Client" in staff.get(start).content.decode()
    time_page = staff.get(start, {"go": "1", "session": "video.45"})["Location"]
    shown = staff.get(time_page).content.decode()
    assert "For Cora Client, whose clock shows Europe/Berlin." in shown

    chosen = staff.post(
        time_page, {"modality": "video", "length": "45", "starts_at": at(4, 9).isoformat()}
    )
    review = staff.get(chosen["Location"]).content.decode()
    without = staff.post(chosen["Location"], {"reason": " "})
    booked = staff.post(chosen["Location"], {"reason": REASON})

    assert "Everybody in the room reads that the practice booked it." in review
    assert without.status_code == 422
    appointment = Appointment.objects.get()
    assert booked["Location"] == reverse("desk:session", args=[appointment.code])
    page = staff.get(booked["Location"]).content.decode()
    assert "The practice booked this live session for Cora Client." in page
    assert AuditRow.objects.get(act="appointment.requested").reason == REASON


@time_machine.travel(NOW, tick=False)
def test_the_type_must_be_chosen(cast: Cast, staff: Client) -> None:
    answer = staff.get(reverse("desk:book_type", args=[cast.room.code]), {"go": "1"})

    assert answer.status_code == 422
    assert "Please choose a session type and length." in answer.content.decode()


def test_a_late_change_shows_its_cost_and_is_not_for_staff(cast: Cast, staff: Client) -> None:
    code = book_confirmed(cast.room, at(4, 9)).code
    address = reverse("desk:cancel", args=[code])
    with time_machine.travel(at(4, 8), tick=False):
        page = staff.get(address).content.decode()
        tried = staff.post(address, {"reason": REASON, "agreed": "credit"})
        waived = staff.post(address, {"reason": REASON, "agreed": "credit", "waives": "on"})

    assert "This change is late: it costs Cora Client 1 session credit." in page
    assert "Staff cannot make a change that costs the client something." in page
    assert "Waive what it costs" not in page
    assert (tried.status_code, waived.status_code) == (403, 403)
    assert "Only an admin can waive what a late change costs." in waived.content.decode()
    assert Appointment.objects.get().status == "confirmed"
    assert not AuditRow.objects.exclude(act="looked").exists()


def test_an_admin_waives_on_the_same_page(cast: Cast) -> None:
    code = book_confirmed(cast.room, at(4, 9)).code
    address = reverse("desk:cancel", args=[code])
    admin = admin_of(cast)
    with time_machine.travel(at(4, 8), tick=False):
        page = admin.get(address).content.decode()
        done = admin.post(address, {"reason": REASON, "agreed": "credit", "waives": "on"})
        after = admin.get(done["Location"]).content.decode()

    assert "Waive what it costs: the client pays nothing" in page
    assert done.status_code == 302
    assert "The practice waived what this late change costs." in after


@time_machine.travel(NOW, tick=False)
def test_moving_for_a_client(cast: Cast, staff: Client) -> None:
    code = book_confirmed(cast.room, at(6, 9)).code
    address = reverse("desk:move", args=[code])
    page = staff.get(address).content.decode()

    chosen = staff.post(address, {"starts_at": at(9, 9).isoformat()})
    review = staff.get(chosen["Location"]).content.decode()
    done = staff.post(chosen["Location"], {"reason": REASON, "agreed": "free"})

    assert "This change is free for Cora Client." in page
    assert "Everybody in the room reads that the practice moved it." in review
    assert done["Location"] == reverse("desk:session", args=[code])
    assert Appointment.objects.get().starts_at == at(9, 9)
    # Late clicks lead to what became of it.
    assert staff.get(chosen["Location"])["Location"] == done["Location"]


@time_machine.travel(NOW, tick=False)
def test_each_review_leads_to_the_page_that_fits(cast: Cast, staff: Client) -> None:
    code = book_confirmed(cast.room, at(6, 9)).code
    staff.post(reverse("desk:move", args=[code]), {"starts_at": at(9, 9).isoformat()})
    moving = SlotHold.objects.get(moves__isnull=False, became=None).code

    assert staff.get(reverse("desk:book", args=[moving]))["Location"] == reverse(
        "desk:review_move", args=[moving]
    )


@time_machine.travel(NOW, tick=False)
def test_who_is_in_the_room_is_told_to_ask_a_colleague(cast: Cast, client: Client) -> None:
    Person.objects.filter(pk=cast.provider.pk).update(is_staff=True)
    code = book_confirmed(cast.room, at(6, 9)).code
    client.force_login(cast.provider)

    page = client.get(reverse("desk:session", args=[code])).content.decode()
    tried = client.get(reverse("desk:cancel", args=[code]))

    assert "a colleague has to act for the practice here" in page
    assert tried.status_code == 403
