"""The pages of finding a time (R6): the grid, the offer, the exchange, and their ways in."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from alcove.booking.models import Appointment, OfferedTime, TimeProposal, TimeWish
from alcove.booking.tests.test_find_a_time import MONDAY_EVENINGS, WEDNESDAY, offer, wish
from alcove.core.jobs import run_due
from alcove.core.models import Event
from tests.cast import NOW, Cast, at, book
from tests.visitors import signed_in

State = TimeProposal.State


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response
    return response.content.decode()


def share(client: Client, room: str, **fields: Any) -> Any:
    """Send the grid."""
    typed = {"session": "video.45", "marks": ["2026-03-04.morning"], "words": "", **fields}
    return client.post(f"/schedule/new/{room}/share/", typed)


class TestGrid:
    def test_time_page_leads_to_it_with_its_choice(self, cast: Cast) -> None:
        client = signed_in(cast.client)

        shown = page(client, f"/schedule/new/{cast.room.code}/time/?modality=audio&length=30")

        assert f"/schedule/new/{cast.room.code}/share/?modality=audio&amp;length=30" in shown
        grid = page(client, f"/schedule/new/{cast.room.code}/share/?modality=audio&length=30")
        assert '<option value="audio.30" selected>' in grid

    def test_cells_weekdays_and_exact_times_are_kept(self, cast: Cast) -> None:
        client = signed_in(cast.client)

        sent = share(
            client,
            cast.room.code,
            marks=["2026-03-04.morning", "w0.evening"],
            day_0="w1",
            start_0="17:30",
            end_0="00:00",
            words="Not Fridays.",
        )

        proposal = TimeProposal.objects.get()
        assert (sent.status_code, sent.url) == (302, f"/schedule/times/{proposal.code}/")
        times = TimeWish.objects.get().times.values_list(
            "date", "weekday", "start_minute", "end_minute"
        )
        assert set(times) == {
            (dt.date(2026, 3, 4), None, 360, 720),
            (None, 0, 1020, 1320),
            (None, 1, 1050, 1440),
        }
        shown = page(client, sent.url)
        for words in ("Wed, Mar 4: Morning", "Every Monday: Evening", "Every Tuesday", "Not Fri"):
            assert words in shown
        again = page(client, f"/schedule/new/{cast.room.code}/share/")
        assert 'value="2026-03-04.morning" checked' in again
        assert 'value="w0.evening" checked' in again
        assert 'value="17:30"' in again

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"marks": []}, "Mark at least one time"),
            ({"marks": ["2026-03-04.midnight"]}, "Choose among the times"),
            ({"marks": [], "day_0": "w1", "start_0": "17:00"}, "Enter from when until when."),
            (
                {"marks": [], "day_0": "w1", "start_0": "17:00", "end_0": "16:00"},
                "This is before the beginning.",
            ),
            ({"marks": [], "start_0": "17:00", "end_0": "18:00"}, "Choose the day"),
            ({"marks": [], "day_0": "w1", "start_0": "five", "end_0": "18:00"}, "Enter a time"),
            ({"session": "video.47"}, "session"),
            ({"words": "x" * 501}, "501"),
        ],
    )
    def test_wrong_input_changes_nothing_and_stays(
        self, cast: Cast, fields: dict[str, Any], words: str
    ) -> None:
        answer = share(signed_in(cast.client), cast.room.code, **fields)

        assert answer.status_code == 422
        shown = answer.content.decode()
        assert words in shown
        assert not TimeProposal.objects.exists()
        assert not Event.objects.filter(kind__startswith="proposal").exists()
        if "start_0" in fields:
            assert f'value="{fields["start_0"]}"' in shown

    def test_partner_suggests_and_the_owner_hears(self, cast: Cast) -> None:
        share(signed_in(cast.partner), cast.couples_room.code)

        owner = signed_in(cast.client)
        assert "Times were suggested to you." in page(owner, "/schedule/")
        grid = page(owner, f"/schedule/new/{cast.couples_room.code}/share/")
        assert "Paul Partner could manage" in grid
        assert "On the clock of Lima" in grid

    def test_owner_sees_which_free_times_suit_the_partner(self, cast: Cast) -> None:
        # In Lima 3:00 to 4:00 on that day is 9:00 to 10:00 in Berlin.
        share(
            signed_in(cast.partner),
            cast.couples_room.code,
            marks=[],
            day_0="2026-03-04",
            start_0="03:00",
            end_0="04:00",
        )
        path = f"/schedule/new/{cast.couples_room.code}/time/?modality=video&length=45"

        shown = page(signed_in(cast.client), f"{path}&month=2026-03&day=2026-03-04")

        assert "Paul Partner could manage" in shown
        assert shown.count("suits Paul Partner") == 2

    def test_offered_times_come_first(self, cast: Cast) -> None:
        proposal = offer(cast.room)

        answer = signed_in(cast.client).get(f"/schedule/new/{cast.room.code}/share/")

        assert answer["Location"] == f"/schedule/times/{proposal.code}/"

    def test_scripts_in_words_are_only_words(self, cast: Cast) -> None:
        client = signed_in(cast.client)
        sent = share(client, cast.room.code, words="<script>alert(1)</script>")

        for reader, path in [
            (client, sent.url),
            (signed_in(cast.provider), f"/schedule/offer/{cast.room.code}/"),
        ]:
            assert "<script>alert" not in page(reader, path)


class TestOffer:
    def test_fitting_times_are_listed_with_those_outside_the_hours(self, cast: Cast) -> None:
        wish(cast.room, WEDNESDAY, MONDAY_EVENINGS)

        shown = page(signed_in(cast.provider), f"/schedule/offer/{cast.room.code}/")

        # Wednesday from 6:00 in Berlin; the hours begin at 9:00.
        assert f'value="{at(4, 5).isoformat()}"' in shown
        assert f'value="{at(4, 8).isoformat()}"' in shown
        assert f'value="{at(4, 11).isoformat()}"' not in shown
        assert f'value="{at(2, 16).isoformat()}"' in shown
        assert "outside your hours" in shown
        assert "week-picture__band--wish" in shown

    def test_couple_is_offered_what_suits_both(self, cast: Cast) -> None:
        wish(cast.couples_room, WEDNESDAY)
        # In Lima 0:00 to 2:30 on that day is 6:00 to 8:30 in Berlin.
        signed = signed_in(cast.partner)
        share(
            signed,
            cast.couples_room.code,
            marks=[],
            day_0="2026-03-04",
            start_0="00:00",
            end_0="02:30",
        )

        shown = page(signed_in(cast.provider), f"/schedule/offer/{cast.couples_room.code}/")

        assert f'value="{at(4, 6).isoformat()}"' in shown
        assert f'value="{at(4, 8).isoformat()}"' not in shown
        assert "week-picture__band--common" in shown

    def test_any_three_of_the_listed_times_can_be_offered_together(self, cast: Cast) -> None:
        wish(cast.room)
        client = signed_in(cast.provider)
        listed = re.findall(
            r'name="starts" value="([^"]+)"', page(client, f"/schedule/offer/{cast.room.code}/")
        )

        answer = client.post(
            f"/schedule/offer/{cast.room.code}/", {"session": "video.45", "starts": listed[:3]}
        )

        assert answer.status_code == 302
        assert OfferedTime.objects.count() == 3

    def test_listed_and_typed_times_are_offered(self, cast: Cast) -> None:
        wish(cast.room)
        client = signed_in(cast.provider)

        answer = client.post(
            f"/schedule/offer/{cast.room.code}/",
            {
                "session": "video.45",
                "starts": [at(4, 8).isoformat()],
                "other_0": "2026-03-05T20:15",
                "words": "Which one?",
            },
        )

        assert answer.status_code == 302
        starts = list(OfferedTime.objects.values_list("starts_at", flat=True))
        assert starts == [at(4, 8), at(5, 19, 15)]
        assert "Which one?" in page(signed_in(cast.client), answer["Location"])

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({}, "Offer one, two or three"),
            ({"other_0": "2026-03-29T02:30"}, "02:30"),
            ({"other_0": "tomorrow"}, "Enter a date and a time."),
            ({"other_0": "2026-03-01T10:00"}, "is over or too far ahead"),
            ({"session": "dance.45", "other_0": "2026-03-05T20:15"}, "session"),
            ({"starts": ["tomorrow"]}, "tomorrow"),
        ],
    )
    def test_wrong_input_changes_nothing_and_stays(
        self, cast: Cast, fields: dict[str, Any], words: str
    ) -> None:
        answer = signed_in(cast.provider).post(
            f"/schedule/offer/{cast.room.code}/",
            {"session": "video.45", "words": "Kept words", **fields},
        )

        assert answer.status_code == 422
        shown = answer.content.decode()
        assert words in shown
        assert "Kept words" in shown
        assert not OfferedTime.objects.exists()

    def test_other_times_for_a_request_decline_it(self, cast: Cast) -> None:
        request = book(cast.room, at(4, 9))
        client = signed_in(cast.provider)
        path = f"/schedule/offer/{cast.room.code}/?instead_of={request.code}"
        assert path in page(client, f"/schedule/requests/{request.code}/")
        assert "is declined by this" in page(client, path)

        client.post(
            path,
            {"session": "video.45", "instead_of": request.code, "other_0": "2026-03-05T20:15"},
        )

        request.refresh_from_db()
        assert request.status == "declined"

    def test_requests_lists_wishes_and_offers(self, cast: Cast) -> None:
        wish(cast.room)
        offer(cast.strangers_room)

        shown = page(signed_in(cast.provider), "/schedule/requests/")

        assert "Clients who look for a time" in shown
        assert "Times that you have offered" in shown
        assert "Cora Client" in shown
        assert "Stig Stranger" in shown

    def test_page_asks_the_database_as_often_for_one_wish_as_for_three(
        self, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = signed_in(cast.provider)
        wish(cast.room, WEDNESDAY)
        path = f"/schedule/offer/{cast.room.code}/"
        with django_assert_num_queries(23):
            client.get(path)

        wish(cast.room, WEDNESDAY, MONDAY_EVENINGS, *[MONDAY_EVENINGS] * 3)
        with django_assert_num_queries(23):
            client.get(path)


class TestExchange:
    def test_one_tap_books(self, cast: Cast) -> None:
        proposal = offer(cast.room, at(4, 19), at(5, 19))
        client = signed_in(cast.client)
        path = f"/schedule/times/{proposal.code}/"
        shown = page(client, path)
        assert "Changes are free until Tue, Mar 3" in shown
        assert "After that, rescheduling or cancelling costs 1 session credit." in shown

        answer = client.post(path, {"act": "accept", "starts_at": at(5, 19).isoformat()})

        session = Appointment.objects.get()
        assert answer["Location"] == f"/schedule/{session.code}/"
        assert (session.status, session.starts_at) == ("confirmed", at(5, 19))
        assert "You booked it: a time that was offered" in page(client, answer["Location"])

    def test_room_carries_a_button_for_each_time(self, cast: Cast) -> None:
        offer(cast.room, at(4, 19), at(5, 19))
        run_due(NOW)

        shown = page(signed_in(cast.client), f"/rooms/{cast.room.code}/")

        assert shown.count('name="starts_at"') == 2
        assert 'name="starts_at"' not in page(signed_in(cast.provider), f"/rooms/{cast.room.code}/")

    def test_without_a_credit_it_says_so_and_offers_no_button(self, cast: Cast) -> None:
        for hour in (9, 11, 13, 15):
            book(cast.room, at(10, hour))
        proposal = offer(cast.room)

        shown = page(signed_in(cast.client), f"/schedule/times/{proposal.code}/")

        assert "There is no session credit left" in shown
        assert "Book this time" not in shown

    def test_partner_sees_and_cannot_book(self, cast: Cast) -> None:
        proposal = offer(cast.couples_room)
        client = signed_in(cast.partner)
        path = f"/schedule/times/{proposal.code}/"
        assert "Book this time" not in page(client, path)

        answer = client.post(path, {"act": "accept", "starts_at": at(4, 19).isoformat()})

        assert answer.status_code == 403
        assert not Appointment.objects.exists()

    @pytest.mark.parametrize(
        "fields",
        [{}, {"act": "steal"}, {"act": "accept"}, {"act": "accept", "starts_at": "noon"}],
    )
    def test_wrong_input_is_refused(self, cast: Cast, fields: dict[str, str]) -> None:
        proposal = offer(cast.room)

        answer = signed_in(cast.client).post(f"/schedule/times/{proposal.code}/", fields)

        assert answer.status_code == 422
        proposal.refresh_from_db()
        assert proposal.state == State.OFFERED

    def test_none_suits_leads_back_to_the_grid(self, cast: Cast) -> None:
        wish(cast.room)
        proposal = offer(cast.room)

        answer = signed_in(cast.client).post(f"/schedule/times/{proposal.code}/", {"act": "refuse"})

        assert answer["Location"] == f"/schedule/new/{cast.room.code}/share/"

    def test_an_answer_that_comes_too_late_is_told(self, cast: Cast) -> None:
        proposal = offer(cast.room)
        client = signed_in(cast.client)
        signed_in(cast.provider).post(f"/schedule/times/{proposal.code}/", {"act": "take_back"})

        answer = client.post(
            f"/schedule/times/{proposal.code}/",
            {"act": "accept", "starts_at": at(4, 19).isoformat()},
        )

        assert answer.status_code == 409
        assert "This has changed meanwhile: Withdrawn." in answer.content.decode()

    def test_provider_goes_to_where_times_are_offered(self, cast: Cast) -> None:
        proposal = wish(cast.room)

        answer = signed_in(cast.provider).get(f"/schedule/times/{proposal.code}/")

        assert answer["Location"] == f"/schedule/offer/{cast.room.code}/"

    def test_schedule_says_how_it_stands(
        self, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = signed_in(cast.client)
        offer(cast.room)
        wish(cast.couples_room)

        with django_assert_num_queries(7):
            shown = page(client, "/schedule/")

        assert "Petra Provider offers you times, kept until Wed, Mar 4" in shown
        assert "Petra Provider looks for a time that suits you" in shown
