"""Who is told what: exactly these people, once, in their language, without a name."""

import datetime as dt
import itertools
import re
from typing import get_args

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.actions.hold import hold_slot_to_move
from alcove.booking.actions.lapse import lapse_appointment
from alcove.booking.actions.reschedule import reschedule_appointment
from alcove.booking.models import Appointment
from alcove.core import events, jobs
from alcove.core.models import Event, Job
from alcove.notifications.letters.by_kind import TOLD_BY_LETTER, letter_for
from alcove.notifications.letters.change import Change, change_of
from alcove.notifications.letters.letter import Role, absolute
from alcove.notifications.models import Delivery
from alcove.notifications.receivers.bookings import write_letters
from alcove.notifications.receivers.cards import leave_card
from alcove.people.models import Person
from alcove.rooms.models import Message
from tests.cast import NOW, Cast, at, book, book_confirmed

CONFIRMED = "Your session is confirmed! Mark your calendar."
PRIVATE = re.compile(r"therap|terap|couple|pareja|video|audio|chat", re.IGNORECASE)


def letters(kind: str) -> dict[str, Delivery]:
    """The letters that events of this kind left, by address."""
    found = Delivery.objects.filter(event__kind=kind).order_by("id")
    by_address = {letter.address: letter for letter in found}
    assert len(by_address) == len(found)
    return by_address


def move(cast: Cast, appointment: Appointment, starts_at: dt.datetime) -> Appointment:
    hold = hold_slot_to_move(
        actor=cast.client, appointment_code=appointment.code, starts_at=starts_at, now=NOW
    )
    return reschedule_appointment(actor=cast.client, hold_code=hold.code, agreed="free", now=NOW)


def cancel(
    cast: Cast, appointment: Appointment, *, agreed: str = "free", now: dt.datetime = NOW
) -> None:
    cancel_appointment(
        actor=cast.client,
        code=appointment.code,
        reason=cast.reason,
        words="my private words",
        agreed=agreed,
        now=now,
    )


def test_request_tells_the_provider_and_the_clients(cast: Cast) -> None:
    appointment = book(cast.couples_room, at(4, 9))

    jobs.run_due(NOW)

    found = letters("appointment.requested")
    assert sorted(found) == ["cora@example.org", "paul@example.org", "petra@example.org"]
    assert found["petra@example.org"].subject == "A request waits for your answer"
    assert f"/schedule/requests/{appointment.code}/" in found["petra@example.org"].text
    assert found["cora@example.org"].subject == "About your booking"
    assert f"/schedule/{appointment.code}/" in found["cora@example.org"].text
    assert [letter.calendar for letter in found.values()] == ["", "", ""]


def test_confirmation_gives_every_member_the_subject_and_an_invitation(cast: Cast) -> None:
    book_confirmed(cast.couples_room, at(4, 9))

    jobs.run_due(NOW)

    found = letters("appointment.confirmed")
    assert {address: letter.subject for address, letter in found.items()} == {
        "cora@example.org": CONFIRMED,
        "paul@example.org": CONFIRMED,
        "petra@example.org": CONFIRMED,
    }
    assert {letter.calendar_method for letter in found.values()} == {"REQUEST"}
    for address, letter in found.items():
        unfolded = letter.calendar.replace("\r\n ", "")
        assert set(re.findall(r"[\w.]+@example\.org", unfolded)) == {address}


def test_confirmed_letters_lead_to_where_the_session_is_joined(cast: Cast) -> None:
    appointment = book_confirmed(cast.couples_room, at(4, 9))
    move(cast, appointment, at(5, 9))
    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)

    jobs.run_due(NOW)

    letters_of_both = Delivery.objects.filter(event__kind="appointment.confirmed")
    url = absolute("live:session", appointment.code)
    assert len(letters_of_both) == 6
    for letter in letters_of_both:
        assert f"Join your session:\n{url}" in letter.text
        assert f'href="{url}"' in letter.html
        assert f"URL:{url}" in letter.calendar.replace("\r\n ", "")


def test_letter_shows_the_time_in_the_zone_of_each_reader(cast: Cast) -> None:
    book_confirmed(cast.couples_room, at(4, 9))

    jobs.run_due(NOW)

    found = letters("appointment.confirmed")
    assert "Wed, Mar 4, 10:00 AM – 10:45 AM, Berlin (GMT+1)" in found["cora@example.org"].text
    assert "Wed, Mar 4, 4:00 AM – 4:45 AM, Lima (GMT-5)" in found["paul@example.org"].text


def test_letter_speaks_the_language_of_each_reader(cast: Cast) -> None:
    Person.objects.filter(pk=cast.client.pk).update(language="es")
    with translation.override("es"):
        subject = _("Your session is confirmed! Mark your calendar.")

    book_confirmed(cast.room, at(4, 9))
    jobs.run_due(NOW)

    found = letters("appointment.confirmed")
    assert found["petra@example.org"].subject == CONFIRMED
    assert found["cora@example.org"].subject == subject != CONFIRMED
    assert "mié 4 mar, 10:00 – 10:45, Berlin (GMT+1)" in found["cora@example.org"].text
    assert '<html lang="es">' in found["cora@example.org"].html


def test_moved_session_updates_calendars_that_have_it(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))

    move(cast, appointment, at(4, 10))
    jobs.run_due(NOW)

    found = letters("appointment.rescheduled")
    assert sorted(found) == ["cora@example.org", "petra@example.org"]
    assert found["petra@example.org"].subject == "A new time waits for your answer"
    calendar = found["cora@example.org"].calendar
    assert "METHOD:REQUEST" in calendar
    assert "STATUS:TENTATIVE" in calendar
    assert "DTSTART:20260304T100000Z" in calendar
    assert "It was moved from Wed, Mar 4, 10:00 AM." in found["cora@example.org"].text


def test_moved_request_sends_no_invitation(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))

    move(cast, appointment, at(4, 10))
    jobs.run_due(NOW)

    assert {letter.calendar for letter in letters("appointment.rescheduled").values()} == {""}


def test_sequence_rises_and_uid_stays_through_every_invitation(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    move(cast, appointment, at(4, 10))
    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)
    cancel(cast, appointment)

    jobs.run_due(NOW)

    sent = Delivery.objects.filter(person=cast.client).exclude(calendar="").order_by("event_id")
    sequences = [int(re.findall(r"SEQUENCE:(\d+)", letter.calendar)[0]) for letter in sent]
    assert [letter.calendar_method for letter in sent] == [
        "REQUEST",
        "REQUEST",
        "REQUEST",
        "CANCEL",
    ]
    assert all(before < after for before, after in itertools.pairwise(sequences))
    assert {re.findall(r"UID:(\S+)", letter.calendar)[0] for letter in sent} == {appointment.uid}


def test_decline_tells_clients_without_the_providers_words(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    decline_appointment(
        actor=cast.provider, code=appointment.code, words="private reasons", now=NOW
    )

    jobs.run_due(NOW)

    found = letters("appointment.declined")
    assert sorted(found) == ["cora@example.org"]
    assert "private reasons" not in found["cora@example.org"].text
    assert f"/schedule/{appointment.code}/" in found["cora@example.org"].text


def test_decline_of_a_moved_session_is_taken_out_of_every_calendar(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    move(cast, appointment, at(4, 10))
    decline_appointment(actor=cast.provider, code=appointment.code, words="", now=NOW)

    jobs.run_due(NOW)

    found = letters("appointment.declined")
    assert {address: letter.calendar_method for address, letter in found.items()} == {
        "cora@example.org": "CANCEL",
        "petra@example.org": "CANCEL",
    }


def test_lapse_offers_the_next_free_times_to_who_can_book(cast: Cast) -> None:
    appointment = book(cast.couples_room, at(4, 9))
    lapse_appointment(appointment=appointment, now=at(3, 9))

    jobs.run_due(at(3, 9))

    found = letters("appointment.lapsed")
    assert sorted(found) == ["cora@example.org", "paul@example.org", "petra@example.org"]
    offered = re.findall(r"^- (.+)$", found["cora@example.org"].text, re.MULTILINE)
    assert len(offered) == 3
    assert f"/schedule/new/{cast.couples_room.code}/time/?modality=video&length=45" in (
        found["cora@example.org"].text
    )
    assert "\n- " not in found["paul@example.org"].text
    assert "\n- " not in found["petra@example.org"].text


def test_lapse_offers_nothing_where_the_room_cannot_be_booked(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    cast.room.entitlement.state = "unpaid"
    cast.room.entitlement.save()
    lapse_appointment(appointment=appointment, now=at(3, 9))

    jobs.run_due(at(3, 9))

    assert "\n- " not in letters("appointment.lapsed")["cora@example.org"].text


def test_late_cancellation_tells_its_cost_to_the_client_alone(cast: Cast) -> None:
    appointment = book_confirmed(cast.couples_room, at(3, 9))
    cancel(cast, appointment, agreed="credit", now=at(2, 10))

    jobs.run_due(at(2, 10))

    found = letters("appointment.cancelled")
    assert sorted(found) == ["cora@example.org", "paul@example.org", "petra@example.org"]
    assert "cost 1 session credit" in found["cora@example.org"].text
    assert "credit" not in found["paul@example.org"].text
    assert "credit" not in found["petra@example.org"].text
    assert {letter.calendar_method for letter in found.values()} == {"CANCEL"}


def test_returned_credit_is_told_to_its_owner_alone(cast: Cast) -> None:
    appointment = book_confirmed(cast.couples_room, at(3, 9))
    cancel(cast, appointment, agreed="credit", now=at(2, 10))
    book_confirmed(cast.strangers_room, at(3, 9), now=at(2, 11))

    jobs.run_due(at(2, 11))

    assert sorted(letters("credit.restored")) == ["cora@example.org"]
    assert not Message.objects.filter(event__kind="credit.restored").exists()


def test_strangers_get_nothing(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    cancel(cast, appointment)

    jobs.run_due(NOW)

    assert set(Delivery.objects.values_list("address", flat=True)) == {
        "cora@example.org",
        "petra@example.org",
    }
    assert set(Message.objects.values_list("room_id", flat=True)) == {cast.room.pk}


def test_inactive_people_get_nothing(cast: Cast) -> None:
    Person.objects.filter(pk=cast.partner.pk).update(is_active=False)
    book_confirmed(cast.couples_room, at(4, 9))

    jobs.run_due(NOW)

    assert sorted(letters("appointment.confirmed")) == ["cora@example.org", "petra@example.org"]


def test_every_change_leaves_one_card_with_its_facts(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))

    jobs.run_due(NOW)

    cards = [card.card for card in Message.objects.filter(room=cast.room).order_by("event_id")]
    assert [card["kind"] for card in cards] == ["appointment.requested", "appointment.confirmed"]
    assert {card["code"] for card in cards} == {appointment.code}


def test_event_dispatched_twice_leaves_one_letter_a_person_and_one_card(cast: Cast) -> None:
    book_confirmed(cast.room, at(4, 9))
    jobs.run_due(NOW)
    rows = (Delivery.objects.count(), Message.objects.count())

    for event in Event.objects.all():
        events.dispatch({"event": event.pk}, NOW)
    jobs.run_due(NOW)

    assert (Delivery.objects.count(), Message.objects.count()) == rows == (4, 2)


def test_receiver_that_died_halfway_completes_the_rest(cast: Cast) -> None:
    book(cast.room, at(4, 9))
    event = Event.objects.get()
    leave_card(event)
    write_letters(event)
    Delivery.objects.filter(person=cast.client).delete()

    jobs.run_due(NOW)

    assert sorted(letters("appointment.requested")) == ["cora@example.org", "petra@example.org"]
    assert Message.objects.count() == 1
    assert not Job.objects.filter(failed_at__isnull=False).exists()


def changes(kind: str) -> Change:
    data = {
        "code": "CODE",
        "modality": "video",
        "starts_at": at(4, 9).isoformat(),
        "ends_at": at(4, 10).isoformat(),
        "confirm_by": at(3, 9).isoformat(),
        "free_until": at(3, 9).isoformat(),
        "former_starts_at": at(3, 9).isoformat(),
        "was_confirmed": True,
        "cost": "fee:4000:USD",
        "final_at": at(6, 9).isoformat(),
    }
    return change_of(kind, data, room="ROOM", happened_at=NOW)


NONE_OF_THEIR_BUSINESS = {
    ("credit.restored", "partner"),
    ("credit.restored", "provider"),
    # The provider marked it; only the client who pays hears what it cost.
    ("appointment.no_show", "provider"),
    ("no_show.disputed", "owner"),
    ("no_show.disputed", "partner"),
    ("no_show.final", "partner"),
    ("no_show.final", "provider"),
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("kind", TOLD_BY_LETTER)
def test_letter_says_nothing_about_therapy(kind: str, role: Role, language: str) -> None:
    with translation.override(language):
        letter = letter_for(changes(kind), role, Person(time_zone="Europe/Berlin").zone)

    if letter is None:
        assert (kind, role) in NONE_OF_THEIR_BUSINESS
        return
    words = [letter.subject, letter.title, letter.when, letter.button, *letter.lines]
    assert [text for text in words if PRIVATE.search(text)] == []
    if kind != "appointment.confirmed":
        assert not re.search("session|sesi", letter.subject, re.IGNORECASE)


def test_no_letter_holds_a_name_or_anybodys_words(cast: Cast) -> None:
    appointment = book_confirmed(cast.couples_room, at(4, 9))
    move(cast, appointment, at(4, 10))
    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)
    cancel(cast, appointment)
    jobs.run_due(NOW)

    names = {part for person in Person.objects.all() for part in person.name.split()}
    private = re.compile(rf"\b({'|'.join(names)})\b|private words|I am ill|Linden")

    assert Delivery.objects.count() == 15
    for letter in Delivery.objects.all():
        for text in (letter.subject, letter.text, letter.html, letter.calendar):
            assert private.search(text) is None
