"""A letter goes out once, whatever the mail server does; booking never notices."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from alcove.booking.models import Status
from alcove.core import events, jobs
from alcove.core.models import Event, Job
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.actions.retry_delivery import retry_delivery
from alcove.notifications.actions.send_delivery import LEASE, PATIENCE, send_delivery
from alcove.notifications.errors import NotFailed
from alcove.notifications.models import Delivery
from alcove.notifications.outbox import OutboxBackend
from alcove.notifications.tests.mailbox import (
    DROP,
    HANG,
    HANG_SECONDS,
    TAKE_AND_DROP,
    Mailbox,
    running,
)
from alcove.people.models import Person
from alcove.rooms.actions.invite_partner import invite_partner
from alcove.rooms.models import Membership
from tests.cast import NOW, Cast, at, book, book_confirmed

MINUTE = dt.timedelta(minutes=1)


def post(person: Person) -> Delivery:
    """A waiting letter about an event."""
    event = Event.objects.create(kind="test", subject="x", actor="system", happened_at=NOW)
    letter = Delivery(
        event=event, person=person, address=person.email, subject="Hello", text="Grüße\n"
    )
    post_letter(letter, now=NOW)
    return Delivery.objects.get(pk=letter.pk)


def state(letter: Delivery) -> str:
    letter.refresh_from_db()
    return letter.state


def test_confirmation_reaches_exactly_the_members_of_the_room(cast: Cast, mailbox: Mailbox) -> None:
    book_confirmed(cast.couples_room, at(4, 9))

    jobs.run_due(NOW)

    assert mailbox.addresses() == sorted(
        ["cora@example.org", "paul@example.org", "petra@example.org"] * 2
    )
    message = mailbox.to("cora@example.org")[1]
    letter = Delivery.objects.get(event__kind="appointment.confirmed", person=cast.client)
    assert message["Subject"] == "Your session is confirmed! Mark your calendar."
    assert message["From"] == "Front Desk <desk@example.org>"
    assert message["To"] == "cora@example.org"
    assert message["Message-ID"] == f"<delivery-{letter.pk}@sessions.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message.get_content_type() == "multipart/alternative"
    plain, html, calendar = message.iter_parts()
    assert plain.get_content().splitlines() == letter.text.splitlines()
    assert html.get_content().splitlines() == letter.html.splitlines()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert calendar.get_payload(decode=True) == letter.calendar.encode()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_letter_of_a_repeated_event_is_not_sent_again(cast: Cast, mailbox: Mailbox) -> None:
    book(cast.room, at(4, 9))
    jobs.run_due(NOW)

    for event in Event.objects.all():
        events.dispatch({"event": event.pk}, NOW)
    for letter in Delivery.objects.all():
        send_delivery(delivery_id=letter.pk, now=NOW)
    jobs.run_due(NOW)

    assert mailbox.addresses() == ["cora@example.org", "petra@example.org"]


def test_temporary_refusal_is_tried_again_until_it_is_taken(cast: Cast, mailbox: Mailbox) -> None:
    mailbox.answers = ["451 Try later <cora@example.org>"]
    letter = post(cast.client)

    jobs.run_due(NOW)
    assert (state(letter), letter.attempts) == ("waiting", 1)
    assert letter.last_error == "451 Try later …"
    assert mailbox.addresses() == []

    jobs.run_due(NOW + MINUTE)
    assert (state(letter), letter.attempts, letter.last_error) == ("sent", 2, "")
    assert mailbox.addresses() == ["cora@example.org"]


@pytest.mark.parametrize("trouble", [HANG, DROP])
def test_letter_that_the_mail_server_does_not_answer_is_tried_again_until_it_is_taken(
    cast: Cast, mailbox: Mailbox, settings: Settings, trouble: str
) -> None:
    settings.EMAIL_TIMEOUT = HANG_SECONDS / 4
    mailbox.answers = [trouble, trouble]
    letter = post(cast.client)

    jobs.run_due(NOW)
    assert (state(letter), letter.attempts) == ("waiting", 1)
    assert letter.last_error
    assert "@" not in letter.last_error
    jobs.run_due(NOW + MINUTE)
    assert (state(letter), letter.attempts) == ("waiting", 2)
    jobs.run_due(NOW + 5 * MINUTE)

    assert (state(letter), letter.attempts, letter.last_error) == ("sent", 3, "")
    jobs.run_due(NOW + 60 * MINUTE)
    assert mailbox.addresses() == ["cora@example.org"]


def test_letter_whose_receipt_is_lost_is_sent_once_more_under_the_same_id(
    cast: Cast, mailbox: Mailbox
) -> None:
    mailbox.answers = [TAKE_AND_DROP]
    letter = post(cast.client)

    for minutes in (0, 1, 60):
        jobs.run_due(NOW + minutes * MINUTE)

    assert state(letter) == "sent"
    first, copy = (message for _to, message in mailbox.arrived)
    assert first["Message-ID"] == copy["Message-ID"]


def test_letters_to_others_do_not_wait_for_one_that_is_not_answered(
    cast: Cast, mailbox: Mailbox
) -> None:
    mailbox.answers = [DROP]
    first, second = post(cast.client), post(cast.provider)

    jobs.run_due(NOW)

    assert sorted([state(first), state(second)]) == ["sent", "waiting"]


def test_final_refusal_fails_with_a_reason_that_names_nobody(cast: Cast, mailbox: Mailbox) -> None:
    mailbox.answers = ["550 No such user cora@example.org here"]
    letter = post(cast.client)

    jobs.run_due(NOW)

    assert state(letter) == "failed"
    assert letter.last_error == "550 No such user … here"
    assert not Job.objects.filter(kind="notifications.send").exists()


def test_failed_letter_is_sent_again_on_staffs_word(cast: Cast, mailbox: Mailbox) -> None:
    mailbox.answers = ["550 No"]
    letter = post(cast.client)
    jobs.run_due(NOW)

    retry_delivery(actor=cast.staff, delivery=letter, now=NOW)
    jobs.run_due(NOW)

    assert state(letter) == "sent"
    assert mailbox.addresses() == ["cora@example.org"]
    with pytest.raises(NotFailed):
        retry_delivery(actor=cast.staff, delivery=letter, now=NOW)


def test_booking_succeeds_while_the_mail_server_is_down_and_the_letter_arrives_once_later(
    cast: Cast, mail_port: int
) -> None:
    appointment = book(cast.room, at(4, 9))

    jobs.run_due(NOW)
    jobs.run_due(NOW + MINUTE)
    appointment.refresh_from_db()
    waiting = Delivery.objects.filter(state="waiting")
    assert (appointment.status, waiting.count()) == (Status.REQUESTED, 2)

    box = Mailbox()
    with running(box, mail_port):
        jobs.run_due(NOW + 10 * MINUTE)
        jobs.run_due(NOW + 20 * MINUTE)
    assert box.addresses() == ["cora@example.org", "petra@example.org"]


def test_letter_fails_when_the_mail_server_stays_away_too_long(cast: Cast, mail_port: int) -> None:
    letter = post(cast.client)
    jobs.run_due(NOW)

    jobs.run_due(NOW + PATIENCE)

    assert state(letter) == "failed"
    assert letter.last_error.startswith("ConnectionRefusedError")


def test_letter_in_the_hands_of_another_sender_waits_for_it(cast: Cast, mailbox: Mailbox) -> None:
    letter = post(cast.client)
    Delivery.objects.filter(pk=letter.pk).update(leased_until=NOW + LEASE, attempts=1)

    jobs.run_due(NOW)
    assert mailbox.addresses() == []

    # The other sender died: its lease has ended.
    jobs.run_due(NOW + LEASE)
    assert mailbox.addresses() == ["cora@example.org"]


def test_letter_without_a_mail_server_is_kept(cast: Cast, settings: Settings) -> None:
    settings.EMAIL_URL = ""

    letter = post(cast.client)

    assert letter.state == "kept"
    assert not Job.objects.exists()


def test_international_domain_is_written_for_mail_servers(cast: Cast, mailbox: Mailbox) -> None:
    cast.client.email = "cora@müller.example"

    post(cast.client)
    jobs.run_due(NOW)

    assert mailbox.addresses() == ["cora@xn--mller-kva.example"]


def sign_in_mail() -> EmailMultiAlternatives:
    message = EmailMultiAlternatives("Sign in", "Your code is 123456", None, ["Cora@example.org"])
    message.attach_alternative("<p>Your code is 123456</p>", "text/html")
    return message


def test_sign_in_mail_is_kept_without_a_mail_server(cast: Cast, settings: Settings) -> None:
    settings.EMAIL_URL = ""

    assert OutboxBackend().send_messages([sign_in_mail()]) == 1

    letter = Delivery.objects.get()
    assert (letter.state, letter.event, letter.person) == ("kept", None, cast.client)
    assert letter.text == "Your code is 123456"
    assert not letter.is_for_its_reader_only
    assert mail.outbox == []


def test_sign_in_mail_is_sent_by_a_job_and_its_code_not_kept(cast: Cast, mailbox: Mailbox) -> None:
    OutboxBackend().send_messages([sign_in_mail()])
    assert mailbox.arrived == []
    assert Delivery.objects.get().is_for_its_reader_only

    jobs.run_due()

    [message] = mailbox.to("Cora@example.org")
    plain, _html = message.iter_parts()
    assert plain.get_content().strip() == "Your code is 123456"
    letter = Delivery.objects.get()
    assert (letter.state, letter.text, letter.html) == ("sent", "", "")


def test_link_of_an_invitation_is_not_kept_once_it_is_sent(cast: Cast, mailbox: Mailbox) -> None:
    Membership.objects.get(room=cast.couples_room, role="partner").delete()
    invite_partner(
        actor=cast.client, room_code=cast.couples_room.code, address="kim@example.org", now=NOW
    )

    jobs.run_due(NOW)

    [message] = mailbox.to("kim@example.org")
    plain, _html = message.iter_parts()
    assert "/rooms/invitations/" in plain.get_content()
    letter = Delivery.objects.get()
    assert (letter.state, letter.text, letter.html) == ("sent", "", "")
    assert letter.is_for_its_reader_only


def test_html_letter_fetches_nothing_and_has_its_styles_in_place(cast: Cast) -> None:
    book(cast.room, at(4, 9))
    jobs.run_due(NOW)

    html = Delivery.objects.filter(person=cast.client).get().html
    assert re.search(r"<(img|link|script)|url\(|@import", html) is None
    assert re.search(r'<a class="button" href="[^"]+" style="', html)
    assert "prefers-color-scheme: dark" in html
