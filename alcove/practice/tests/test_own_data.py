"""A person's own data: all of it comes out, and what is deleted is gone from every table."""

import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from alcove.availability.models import TimeOff
from alcove.billing.actions.stop_plan import TELL_GATEWAY
from alcove.billing.ledger import balance
from alcove.billing.models import Purchase, SavedMethod, Subscription
from alcove.booking.actions.answer_proposal import decline_wish
from alcove.booking.actions.no_show import dispute_no_show, mark_no_show
from alcove.booking.actions.propose_times import propose_times
from alcove.booking.models import Appointment, Ending, TimeProposal, TimeWish
from alcove.booking.policies import AttendanceFacts
from alcove.booking.wishes import PARTS, Wished
from alcove.core.errors import NotFound
from alcove.core.jobs import run_due
from alcove.core.models import AuditRow, Job
from alcove.database_check.run import broken
from alcove.live.models import LiveSession, Problem, Stay
from alcove.live.queries import facts_for_people
from alcove.notifications.models import Delivery, Notice, Preferences, PushDevice, SwitchedOff
from alcove.people.actions.ask_for_deletion import (
    ask_for_deletion,
    decline_deletion,
    take_deletion_back,
)
from alcove.people.actions.change_roles import change_roles, set_active
from alcove.people.actions.record_look import record_look
from alcove.people.actions.trust_address import trust_addresses
from alcove.people.deleted import is_deleted
from alcove.people.errors import AlreadyDeleted, DeletionAsked, LastAdmin
from alcove.people.models import DeletionRequest, Person, Practice, SignInLink
from alcove.people.sign_in_links import make_link
from alcove.practice.actions.delete_person import delete_person
from alcove.practice.fates import EMPTIED, FATES, Fate, rows_by
from alcove.practice.own_data import everything_about
from alcove.practice.own_data_words import TITLES
from alcove.rooms.actions.keep_draft import keep_draft
from alcove.rooms.actions.leave_room import leave_room
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.files import PDF, CheckedFile
from alcove.rooms.models import Draft, Membership, Message, Room
from alcove.support.models import FurtherAnswer, SupportRequest
from tests.cast import CREDITS, NOW, Cast, at, book_confirmed, cancel
from tests.untouched import every_row, insert, refused, refused_by_the_database

WHY = "They asked by letter"
ALONE = AttendanceFacts(True, False, False, dt.timedelta(), False)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def say(person: Person, room: Room, text: str) -> Message:
    return post_message(actor=person, room_code=room.code, text=text, now=NOW)


@pytest.fixture
def lived(cast: Cast) -> Cast:
    """The client has left something of themself in every corner."""
    client = cast.client
    post_message(
        actor=client,
        room_code=cast.room.code,
        text="My secret words",
        files=[CheckedFile("plan.pdf", PDF, b"%PDF-1.7 %%EOF")],
        now=NOW,
    )
    say(cast.provider, cast.room, "An answer")
    say(cast.stranger, cast.strangers_room, "Words of a stranger")
    keep_draft(actor=client, room_code=cast.room.code, text="A draft", now=NOW)
    held = book_confirmed(cast.room, at(4, 9))
    book_confirmed(cast.couples_room, at(5, 9))
    gone = cancel(book_confirmed(cast.second_room, at(9, 14)))
    Ending.objects.filter(appointment=gone).update(words="Because I am ill")
    session = LiveSession.objects.create(appointment=held, level="video", opened_at=NOW)
    Stay.objects.create(
        session=session,
        person=client,
        role="owner",
        epoch="e",
        device="d",
        joined_at=NOW,
        seen_at=NOW,
        left_at=NOW,
    )
    Problem.objects.create(
        session=session, person=client, kind="sound", words="It crackles", reported_at=NOW
    )
    propose_times(
        actor=client,
        room_code=cast.second_room.code,
        modality="video",
        length_minutes=45,
        wished=[Wished(1, PARTS["evening"])],
        words="Evenings",
        now=NOW,
    )
    EmailAddress.objects.create(user=client, email=client.email, verified=True, primary=True)
    make_link(client, now=NOW)
    Preferences.objects.create(person=client)
    SwitchedOff.objects.create(person=client, kind="rooms", channel="push")
    PushDevice.objects.create(
        person=client,
        endpoint="https://push.example.org/1",
        p256dh="a",
        auth="b",
        name="Phone",
        added_at=NOW,
    )
    purchase = Purchase.objects.create(
        room=cast.room,
        buyer=client,
        item="plan",
        plan=cast.plan,
        amount_minor=4000,
        currency="EUR",
        way="stripe",
        state="paid",
        opened_at=NOW,
        paid_at=NOW,
    )
    Subscription.objects.create(room=cast.room, purchase=purchase, gateway_key="sub_1")
    SavedMethod.objects.create(
        person=client, customer_key="cus_1", method_key="pm_1", label="Visa 4242", saved_at=NOW
    )
    question = SupportRequest.objects.create(
        asked_by=client, address=client.email, words="Where is my credit?", asked_at=NOW
    )
    FurtherAnswer.objects.create(request=question, words="Under Plan, Cora", answered_at=NOW)
    while run_due(now=NOW):
        pass
    return cast


def reference_names() -> set[str]:
    """Every foreign key to a person in the whole product."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Person
    }


def test_every_reference_to_a_person_has_its_fate() -> None:
    assert reference_names() == set(FATES)
    assert set(EMPTIED) <= set(FATES)


def test_deletion_leaves_nothing_of_who_they_were(lived: Cast) -> None:
    person = lived.client
    name, address = person.name, person.email
    told = {"My secret words"}  # a message stays for the others in its room

    delete_person(actor=lived.admin, person=person, reason=WHY, now=NOW)

    rows = every_row()
    rows["account"] = list(EmailAddress.objects.values())
    everything = repr(rows)
    for trace in (name, address, "A draft", "It crackles", "Because I am ill", "Evenings"):
        assert trace not in everything
    assert all(words in everything for words in told)
    for reference, left in rows_by(FATES, person):
        assert FATES[reference] is Fate.KEPT or not left.exists(), reference
    for erased in (SavedMethod, Draft, Preferences, SwitchedOff, PushDevice, Problem, SignInLink):
        assert not erased._default_manager.exists()
    assert not Notice.objects.filter(person=person).exists()
    assert not Delivery.objects.filter(address=address).exists()
    assert not TimeWish.objects.filter(person=person).exists()


def every_text() -> str:
    """Every row of every table there is, sessions in plain words."""
    everything: list[Any] = [
        row for model in apps.get_models() for row in model._default_manager.values()
    ]
    everything += [session.get_decoded() for session in Session.objects.all()]
    return repr(everything)


@pytest.mark.parametrize("who", ["client", "partner", "provider"])
def test_deletion_leaves_no_name_and_no_address_anywhere(
    lived: Cast, settings: Settings, who: str
) -> None:
    """With what else is written down: sign-ins, cards of coming and going, facts of no-shows."""
    settings.EMAIL_BACKEND = "alcove.notifications.outbox.OutboxBackend"
    person = getattr(lived, who)
    trust_addresses(people=[person])
    signed_in_by_code(person)
    Client().post(reverse("account_request_login_code"), {"email": person.email})
    missed = book_confirmed(lived.couples_room, at(11, 9))
    session = LiveSession.objects.create(appointment=missed, level="video", opened_at=at(11, 9))
    for role, member in (("partner", lived.partner), ("provider", lived.provider)):
        Stay.objects.create(
            session=session, person=member, role=role, epoch=role, device="d",
            joined_at=at(11, 9), seen_at=at(11, 9), left_at=at(11, 9, 5),
        )  # fmt: skip
    record = facts_for_people(missed, Practice.load())
    mark_no_show(
        actor=lived.provider, code=missed.code, facts=ALONE, record=record, now=at(11, 9, 20)
    )
    leave_room(actor=lived.partner, room_code=lived.couples_room.code, now=at(11, 12))
    while run_due(now=at(11, 12)):
        pass
    assert person.name in every_text()

    delete_person(actor=lived.admin, person=person, reason=WHY, now=at(12, 9))
    while run_due(now=at(12, 9)):
        pass

    everything = every_text()
    # An address can hide in a text where quotes are written otherwise; its first part cannot.
    for trace in (person.name, person.name.split()[0], person.email):
        assert trace not in everything


def signed_in_by_code(person: Person) -> Client:
    """A browser in which they have signed in by a mailed code."""
    browser = Client()
    browser.post(reverse("account_request_login_code"), {"email": person.email})
    code = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", Delivery.objects.latest("pk").text)[0]
    browser.post(reverse("account_confirm_login_code"), {"code": code})
    assert browser.session["_auth_user_id"] == str(person.pk)
    return browser


def test_deletion_keeps_what_took_place_without_a_name(lived: Cast) -> None:
    person = lived.client
    sessions = Appointment.objects.count()

    cancelled = delete_person(actor=lived.admin, person=person, reason=WHY, now=NOW)

    row = Person.objects.get(pk=person.pk)
    assert (row.name, row.email) == ("Former client", f"person-{row.pk}@deleted.invalid")
    assert (row.is_active, row.last_login, row.has_usable_password()) == (False, None, False)
    assert len(cancelled) == 2
    assert Purchase.objects.get().buyer == row
    assert Subscription.objects.get().stopped_at == NOW
    assert Job.objects.filter(kind=TELL_GATEWAY).exists()
    assert Appointment.objects.count() == sessions
    assert Stay.objects.filter(person=person).exists()
    assert balance(lived.couples_room, NOW).available == CREDITS
    assert broken(NOW) == {}
    assert Message.objects.get(body="My secret words").author == row
    assert set(Room.objects.filter(owner=person).values_list("closed_at", flat=True)) == {NOW}
    act = AuditRow.objects.get(act="person.deleted")
    assert (act.actor, act.reason) == (lived.admin.key, WHY)


def test_deleted_person_is_out_and_cannot_be_deleted_twice(lived: Cast, client: Client) -> None:
    client.force_login(lived.client)

    delete_person(actor=lived.admin, person=lived.client, reason=WHY, now=NOW)

    assert client.get(reverse("booking:schedule")).status_code == 302
    row = Person.objects.get(pk=lived.client.pk)
    assert is_deleted(row)
    with refused(AlreadyDeleted):
        delete_person(actor=lived.admin, person=row, reason=WHY, now=NOW)


def test_words_of_a_provider_about_times_are_theirs_and_go_with_them(lived: Cast) -> None:
    [proposal] = TimeProposal.objects.all()
    provider = lived.second_provider
    decline_wish(actor=provider, code=proposal.code, words="No evening in March", now=NOW)
    assert [row["words"] for row in everything_about(provider)["times_offered"]] == [
        "No evening in March"
    ]

    delete_person(actor=lived.admin, person=provider, reason=WHY, now=NOW)

    assert "No evening in March" not in every_text()


def test_nobody_comes_back_into_the_row_of_somebody_deleted(lived: Cast, client: Client) -> None:
    delete_person(actor=lived.admin, person=lived.client, reason=WHY, now=NOW)
    row = Person.objects.get(pk=lived.client.pk)

    with refused(AlreadyDeleted):
        set_active(actor=lived.admin, person=row, is_active=True, reason=WHY, now=NOW)
    with refused(AlreadyDeleted):
        change_roles(actor=lived.admin, person=row, roles=["admin"], reason=WHY, now=NOW)
    client.force_login(lived.admin)
    page = client.get(reverse("practice:person", args=[row.pk])).content.decode()
    assert reverse("practice:reactivate", args=[row.pk]) not in page
    assert reverse("practice:roles", args=[row.pk]) not in page


def test_deleted_partner_leaves_the_room_and_the_session_stays(lived: Cast) -> None:
    delete_person(actor=lived.admin, person=lived.partner, reason=WHY, now=NOW)

    assert not Membership.objects.filter(person=lived.partner).exists()
    assert Appointment.objects.get(room=lived.couples_room).status == "confirmed"
    assert Room.objects.get(pk=lived.couples_room.pk).closed_at is None


def test_deleted_provider_has_no_calendar_and_is_called_so(lived: Cast) -> None:
    delete_person(actor=lived.admin, person=lived.provider, reason=WHY, now=NOW)

    row = Person.objects.get(pk=lived.provider.pk)
    assert (row.name, row.is_provider) == ("Former provider", False)
    assert not hasattr(row, "provider_calendar")


def test_last_admin_is_not_deleted_and_others_delete_nobody(lived: Cast) -> None:
    with refused(LastAdmin):
        delete_person(actor=lived.admin, person=lived.admin, reason=WHY, now=NOW)
    for person in (lived.client, lived.provider, lived.staff):
        with refused(NotFound):
            delete_person(actor=person, person=lived.client, reason=WHY, now=NOW)
        with refused(NotFound):
            decline_deletion(actor=person, person=lived.client, answer="No", now=NOW)


def test_download_holds_what_is_held_and_nothing_of_strangers(lived: Cast, client: Client) -> None:
    client.force_login(lived.client)

    answer = client.post(reverse("own_data_file"))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("data.json"))
        page = archive.read("data.html").decode()
        files = [name for name in archive.namelist() if name.startswith("files/")]
    for held in (
        "My secret words", "An answer", "A draft", "It crackles", "Because I am ill", "Phone",
        "Cora Client", "Visa 4242", "4000",
    ):  # fmt: skip
        assert held in json.dumps(data, ensure_ascii=False)
        assert held in page
    assert [name.rpartition("-")[2] for name in files] == ["plan.pdf"]
    for foreign in ("Words of a stranger", "Stig", "stig@example.org", "paul@example.org"):
        assert foreign not in json.dumps(data)
        assert foreign not in page
    assert "https://push.example.org" not in page
    assert "cus_1" not in page


def test_partner_gets_nothing_from_before_they_joined(lived: Cast) -> None:
    Membership.objects.filter(person=lived.partner).update(joined_at=NOW + dt.timedelta(days=30))
    say(lived.client, lived.couples_room, "Before you came")

    data = json.dumps(everything_about(lived.partner))

    assert "Before you came" not in data
    assert "My secret words" not in data


# What hangs on a person and is not of itself told to them: others' rows that name them as who
# acted, what only holds things together, secrets, and what is told as part of something else.
TOLD_ELSEWHERE = {
    "people.SignInLink.person": "a secret",
    "people.PersonInvitation.person": "a secret; its letter is among the letters",
    "people.PersonInvitation.invited_by": "the practice's act",
    "people.DeletionRequest.closed_by": "the practice's act",
    "practice.PracticeUpload.admin": "the practice's file, for a day",
    "rooms.Room.owner": "by their membership",
    "rooms.Room.provider": "by their membership",
    "rooms.Invitation.accepted_by": "by their membership",
    "billing.Purchase.recorded_by": "the practice's act",
    "billing.Refund.asked_by": "the practice's act",
    "booking.SlotHold.held_by": "for minutes, or as a session",
    "booking.TimeClaim.person": "as a session",
    "booking.Appointment.provider": "by their room",
    "booking.Appointment.booked_by": "by their room",
    "booking.Ending.ended_by": "with the session",
    "booking.FreedTime.provider": "with the session",
    "booking.NoShow.marked_by": "with the session",
    "booking.NoShow.decided_by": "the practice's act",
    "booking.Ring.provider": "the client's",
    "live.Admission.person": "with the attendance",
    "live.Admission.let_in_by": "with the attendance",
    "live.Problem.handled_by": "the practice's act",
    "support.SupportRequest.settled_by": "the practice's act",
    "support.FurtherAnswer.answered_by": "the practice's act",
    "notifications.Reminder.person": "its letter is among the letters",
}
TOLD = {
    "account.EmailAddress.user", "mfa.Authenticator.user", "people.DeletionRequest.person",
    "rooms.Membership.person", "rooms.Message.author", "rooms.Invitation.invited_by",
    "availability.ProviderCalendar.provider", "billing.Purchase.buyer",
    "billing.SavedMethod.person", "billing.FeeConsent.person", "booking.NoShow.disputed_by",
    "booking.TimeProposal.opened_by", "booking.TimeWish.person", "booking.Ring.rung_by",
    "live.Stay.person", "live.Problem.person", "support.SupportRequest.asked_by",
    "notifications.Delivery.person", "notifications.SwitchedOff.person",
    "notifications.Preferences.person", "notifications.Notice.person",
    "notifications.PushDevice.person",
}  # fmt: skip


def test_every_reference_to_a_person_is_told_to_them_or_why_not() -> None:
    assert not TOLD & set(TOLD_ELSEWHERE)
    assert TOLD | set(TOLD_ELSEWHERE) == reference_names()


def test_provider_gets_their_hours_and_time_off(lived: Cast) -> None:
    calendar = lived.provider.provider_calendar
    TimeOff.objects.create(
        calendar=calendar, starts_at=at(20, 8), ends_at=at(20, 9), note="My dentist"
    )

    found = everything_about(lived.provider)

    assert len(found["weekly_hours"]) == 5
    assert [row["note"] for row in found["time_off"]] == ["My dentist"]
    assert set(found) <= set(TITLES)


def test_looks_at_their_rooms_and_sessions_are_told_and_their_own_words(lived: Cast) -> None:
    session = book_confirmed(lived.couples_room, at(11, 9))
    mark_no_show(actor=lived.provider, code=session.code, facts=ALONE, record={}, now=at(11, 9, 20))
    dispute_no_show(actor=lived.partner, code=session.code, words="It was me", now=at(11, 12))
    for subject in (lived.client, lived.room, session, lived.strangers_room):
        record_look(actor=lived.staff, subject=subject.key, now=NOW)

    own, others = everything_about(lived.client), everything_about(lived.partner)

    assert [row["subject"] for row in own["looks_and_acts_of_the_practice"]] == [
        lived.client.key,
        lived.room.key,
        session.key,
    ]
    assert [row["own_words"] for row in own["missed_sessions"]] == [""]
    assert [row["own_words"] for row in others["missed_sessions"]] == ["It was me"]
    assert "Evenings" in json.dumps(own["times_looked_for"]) + json.dumps(own["times_that_suit"])


def test_every_section_has_a_title(lived: Cast) -> None:
    found = everything_about(lived.client)

    assert set(found) <= set(TITLES)
    assert [one["words"] for one in found["support"]] == ["Where is my credit?"]


def test_person_asks_takes_back_and_is_answered(lived: Cast, client: Client) -> None:
    client.force_login(lived.client)
    page = client.get(reverse("own_data")).content.decode()
    assert "What the law makes a practice keep" in page

    assert client.post(reverse("own_data"), {"words": "Please"}).status_code == 302
    with refused(DeletionAsked):
        ask_for_deletion(actor=lived.client, words="", now=NOW)
    assert client.post(reverse("own_data_take_back")).status_code == 302
    assert client.post(reverse("own_data_take_back")).status_code == 404
    client.post(reverse("own_data"), {"words": "Please after all"})

    admin = Client()
    admin.force_login(lived.admin)
    assert "Cora Client" in admin.get(reverse("practice:deletions")).content.decode()
    decline = reverse("practice:decline_deletion", args=[lived.client.pk])
    assert admin.post(decline, {"answer": ""}).status_code == 422
    assert admin.post(decline, {"answer": "A court needs it"}).status_code == 302
    assert "A court needs it" in client.get(reverse("own_data")).content.decode()
    while run_due(now=NOW):
        pass
    [letter] = Delivery.objects.filter(event__kind="deletion.declined", channel="email")
    assert (letter.person, letter.subject) == (lived.client, "About your wish")
    assert "/you/data/" in letter.text
    assert "court" not in letter.text
    assert not is_deleted(Person.objects.get(pk=lived.client.pk))


def test_admin_sees_what_goes_and_stays_and_deletes_with_a_reason(
    lived: Cast, client: Client
) -> None:
    ask_for_deletion(actor=lived.client, words="Please", now=NOW)
    client.force_login(lived.admin)
    address = reverse("practice:delete_person", args=[lived.client.pk])

    page = client.get(address).content.decode()
    assert "2 booked sessions are cancelled." in page
    assert "What is erased" in page
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": WHY}).status_code == 302

    request = DeletionRequest.objects.get()
    assert (request.outcome, request.words, request.closed_by) == ("deleted", "", lived.admin)
    assert "Their data was deleted before." in client.get(address).content.decode()


def test_database_allows_one_open_request_and_no_end_without_outcome(cast: Cast) -> None:
    ask_for_deletion(actor=cast.client, words="", now=NOW)
    row = {
        "person_id": cast.client.pk,
        "words": "",
        "asked_at": NOW,
        "outcome": "",
        "answer": "",
    }
    with refused_by_the_database("(?i)unique"):
        insert("people_deletionrequest", **row)
    with refused_by_the_database("deletion_closed_with_outcome"):
        insert("people_deletionrequest", **row | {"closed_at": NOW})
    take_deletion_back(actor=cast.client, now=NOW)
    insert("people_deletionrequest", **row)
