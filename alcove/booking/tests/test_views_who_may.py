"""Who finds the pages of booking at all."""

import pytest
from django.test import Client
from django.urls import reverse

from alcove.booking.tests.pages import time_url
from tests.cast import NOW, Cast, at, book, cancel, hold, hold_to_move
from tests.visitors import signed_in, text_of

pytestmark = pytest.mark.usefixtures("on_that_monday")


def pages_of(cast: Cast) -> list[str]:
    """Every address about the couples room, its session and its holds."""
    appointment = book(cast.couples_room, at(5, 9))
    kept = hold(cast.couples_room, at(6, 9))
    moved = book(cast.second_room, at(9, 15))
    moving = hold_to_move(moved, at(10, 15))
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
    cancel(appointment, now=NOW)
    client = signed_in(cast.client)

    for act in ("reschedule", "cancel"):
        response = client.get(f"/schedule/{appointment.code}/{act}/")
        assert response.status_code == 409
        assert "can no longer be changed: Cancelled." in text_of(response)
