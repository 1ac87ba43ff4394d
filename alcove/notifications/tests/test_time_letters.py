"""Who is told what about finding a time (R6): exactly these people, without a name or a word."""

import datetime as dt

import pytest

from alcove.booking.actions.accept_time import accept_time
from alcove.booking.actions.answer_proposal import decline_wish, refuse_times, take_back_times
from alcove.booking.actions.settle_proposals import settle_proposals
from alcove.booking.tests.test_find_a_time import offer, wish
from alcove.core.jobs import run_due
from alcove.notifications.models import Delivery
from tests.cast import NOW, Cast, at, book

CORA, PAUL, PETRA = "cora@example.org", "paul@example.org", "petra@example.org"


def told(kind: str) -> dict[str, Delivery]:
    """The letters that events of this kind have left, by address."""
    run_due(NOW + dt.timedelta(days=5))
    found = Delivery.objects.filter(event__kind=kind)
    by_address = {letter.address: letter for letter in found}
    assert len(by_address) == len(found)
    return by_address


def test_provider_hears_of_a_wish(cast: Cast) -> None:
    wish(cast.couples_room, words="Secret words")

    letters = told("proposal.sent")

    assert set(letters) == {PETRA}
    assert letters[PETRA].subject == "A request waits for your answer"
    assert f"/schedule/offer/{cast.couples_room.code}/" in letters[PETRA].text
    assert "Thu, Mar 5, 10:00" in letters[PETRA].text


def test_owner_hears_of_a_suggestion(cast: Cast) -> None:
    wish(cast.couples_room, actor=cast.partner)

    assert set(told("proposal.suggested")) == {CORA}


def test_offer_lists_the_times_in_each_readers_zone(cast: Cast) -> None:
    offer(cast.couples_room, at(4, 19), words="Secret words")

    letters = told("times.offered")

    assert set(letters) == {CORA, PAUL}
    text = {who: letter.text.replace("\u202f", " ") for who, letter in letters.items()}
    assert "Wed, Mar 4, 8:00 PM – 8:45 PM, Berlin (GMT+1)" in text[CORA]
    assert "Wed, Mar 4, 2:00 PM – 2:45 PM, Lima (GMT-5)" in text[PAUL]
    assert "The one you book" in text[CORA]
    assert "The one you book" not in text[PAUL]


def test_acceptance_is_told_as_one_confirmation(cast: Cast) -> None:
    proposal = offer(cast.couples_room, at(4, 19))
    accept_time(actor=cast.client, code=proposal.code, starts_at=at(4, 19), now=NOW)

    confirmations = told("appointment.confirmed")

    assert set(confirmations) == {CORA, PAUL, PETRA}
    assert not told("times.accepted")
    assert all(letter.calendar_method == "REQUEST" for letter in confirmations.values())


def test_other_times_for_a_request_are_one_letter(cast: Cast) -> None:
    request = book(cast.room, at(4, 9))
    offer(cast.room, at(4, 19), instead_of=request.code)

    assert not told("appointment.declined")
    letters = told("times.offered")
    assert set(letters) == {CORA}
    assert "The time that was asked for is not possible" in letters[CORA].text


def test_ends_are_told_to_who_waits(cast: Cast) -> None:
    first = wish(cast.room)
    offer(cast.room)
    refuse_times(actor=cast.client, code=first.code, now=NOW)
    offer(cast.room)
    take_back_times(actor=cast.provider, code=first.code, now=NOW)
    decline_wish(actor=cast.provider, code=first.code, words="Secret words", now=NOW)

    assert set(told("times.refused")) == {PETRA}
    assert set(told("times.withdrawn")) == {CORA}
    assert set(told("proposal.declined")) == {CORA}


@pytest.mark.parametrize("state", ["open", "offered"])
def test_both_sides_hear_that_it_lapsed(cast: Cast, state: str) -> None:
    wish(cast.room)
    if state == "offered":
        offer(cast.room)
    settle_proposals({}, NOW + dt.timedelta(days=4))

    assert set(told("proposal.lapsed")) == {CORA, PETRA}


def test_no_letter_carries_a_name_or_anybodys_words(cast: Cast) -> None:
    proposal = wish(cast.couples_room, words="Secret words")
    wish(cast.couples_room, actor=cast.partner, words="Secret words")
    offer(cast.couples_room, words="Secret words")
    refuse_times(actor=cast.client, code=proposal.code, now=NOW)
    settle_proposals({}, NOW + dt.timedelta(days=1))
    decline_wish(actor=cast.provider, code=proposal.code, words="Secret words", now=NOW)
    run_due(NOW)

    letters = list(Delivery.objects.filter(event__isnull=False))
    assert len(letters) >= 6
    for letter in letters:
        for private in ("Secret", "Cora", "Paul", "Petra", "herap", "ouple", "ideo"):
            assert private not in letter.subject + letter.text
