"""What people are told about who is in a room, and what their calendars are told."""

import datetime as dt

import pytest
from icalendar import Calendar

from alcove.booking.models import Appointment
from alcove.core import jobs
from alcove.core.tokens import hash_of
from alcove.notifications.models import Delivery, Notice
from alcove.people.models import Person
from alcove.rooms.actions.accept_invitation import accept_invitation
from alcove.rooms.actions.invite_partner import invite_partner
from alcove.rooms.actions.leave_room import leave_room, remove_partner
from alcove.rooms.models import Invitation, Membership, Room
from tests.cast import NOW, Cast, at, book, book_confirmed, make_person, move
from tests.couples import invited

LATER = NOW + dt.timedelta(minutes=5)
KIM = "kim@example.org"
# What a letter may not say to somebody who looks over a shoulder.
TELLING = ("therap", "couple", "session", "partner", "cora", "petra", "paul", "kim partner")


@pytest.fixture
def alone(cast: Cast) -> Room:
    """The client's couples room before anybody was invited."""
    Membership.objects.get(room=cast.couples_room, role="partner").delete()
    return cast.couples_room


def settle() -> None:
    while jobs.run_due(LATER):
        pass


def letters(kind: str) -> dict[str, Delivery]:
    found = Delivery.objects.filter(event__kind=kind, channel="email")
    return {letter.address: letter for letter in found}


def entry(letter: Delivery) -> tuple[str, str, int, str, str]:
    """METHOD, UID, SEQUENCE, STATUS and attendee of what goes to a calendar."""
    calendar = Calendar.from_ical(letter.calendar)
    event = calendar.walk("VEVENT")[0]
    return (
        str(calendar["method"]),
        str(event["uid"]),
        int(str(event["sequence"])),
        str(event["status"]),
        str(event["attendee"]),
    )


@pytest.mark.parametrize("is_known", [False, True])
def test_invitation_is_discreet_and_holds_the_link(cast: Cast, alone: Room, is_known: bool) -> None:
    if is_known:
        make_person("Kim Partner")

    invite_partner(actor=cast.client, room_code=alone.code, address=KIM, now=NOW)

    letter = Delivery.objects.get(event__kind="partner.invited")
    token = letter.text.split("/rooms/invitations/")[1].split("/")[0]
    assert hash_of(token) == Invitation.objects.get().token_hash
    assert (letter.address, letter.person, letter.subject) == (KIM, None, "You have an invitation")
    words = (letter.subject + letter.text.replace(token, "")).lower()
    assert [word for word in TELLING if word in words] == []


def test_invitation_speaks_the_language_of_whoever_is_invited(cast: Cast, alone: Room) -> None:
    make_person("Kim Partner", language="es")
    invite_partner(actor=cast.client, room_code=alone.code, address=KIM, now=NOW)

    letter = Delivery.objects.get(event__kind="partner.invited")

    assert letter.subject == "Tienes una invitación"


def test_newcomers_calendar_gets_every_confirmed_coming_session(cast: Cast, alone: Room) -> None:
    confirmed, moved = book_confirmed(alone, at(4, 9)), book_confirmed(alone, at(5, 9))
    move(moved, at(6, 9))
    book(alone, at(9, 9))
    settle()
    join(cast.client, alone, make_person("Kim Partner"))
    settle()

    shared = Delivery.objects.filter(event__kind="appointment.shared").order_by("pk")

    assert [letter.address for letter in shared] == [KIM, KIM]
    assert sorted(entry(letter) for letter in shared) == sorted(
        (
            "REQUEST",
            session.uid,
            Appointment.objects.get(pk=session.pk).sequence,
            status,
            f"mailto:{KIM}",
        )
        for session, status in ((confirmed, "CONFIRMED"), (moved, "TENTATIVE"))
    )


def join(owner: Person, room: Room, person: Person) -> None:
    _invitation, token = invited(owner, room, person.email)
    accept_invitation(actor=person, token=token, now=NOW)


@pytest.mark.parametrize("way", ["leaves", "is removed"])
def test_only_the_leavers_calendar_takes_the_session_out(cast: Cast, way: str) -> None:
    room = cast.couples_room
    session = book_confirmed(room, at(4, 9))
    book(room, at(5, 9))
    settle()
    before = set(Delivery.objects.values_list("pk", flat=True))
    if way == "leaves":
        leave_room(actor=cast.partner, room_code=room.code, now=LATER)
    else:
        remove_partner(actor=cast.client, room_code=room.code, now=LATER)
    settle()

    fresh = Delivery.objects.exclude(pk__in=before)

    (cancel,) = fresh.exclude(calendar="")
    session.refresh_from_db()
    assert entry(cancel) == (
        "CANCEL",
        session.uid,
        session.sequence,
        "CANCELLED",
        f"mailto:{cast.partner.email}",
    )
    told = {letter.address for letter in fresh.filter(calendar="", channel="email")}
    expected = {
        "leaves": {cast.client.email, cast.provider.email},
        "is removed": {cast.partner.email, cast.provider.email},
    }
    assert told == expected[way]
    for letter in fresh:
        assert [w for w in TELLING if w in letter.subject.lower()] == []


def test_who_comes_back_gets_a_newer_invitation_than_the_cancellation(cast: Cast) -> None:
    room = cast.couples_room
    book_confirmed(room, at(4, 9))
    settle()
    leave_room(actor=cast.partner, room_code=room.code, now=NOW)
    settle()
    join(cast.client, room, cast.partner)
    settle()

    cancelled = Delivery.objects.get(event__kind="appointment.withdrawn")
    shared = Delivery.objects.get(event__kind="appointment.shared")

    assert entry(shared)[2] > entry(cancelled)[2]


def test_those_who_were_there_are_told_of_a_newcomer(cast: Cast, alone: Room) -> None:
    join(cast.client, alone, make_person("Kim Partner"))
    settle()

    assert set(letters("partner.joined")) == {cast.client.email, cast.provider.email}
    titles = dict(
        Notice.objects.filter(event__kind="partner.joined").values_list("person__name", "title")
    )
    assert titles == {
        "Cora Client": "Your invitation was accepted",
        "Petra Provider": "A room of yours has a new member",
    }


def test_newcomer_is_not_told_twice_of_what_happened_a_moment_before(
    cast: Cast, alone: Room
) -> None:
    # Confirmed, but its letters are written only when Kim is there already.
    book_confirmed(alone, at(4, 9), now=NOW - dt.timedelta(minutes=1))
    join(cast.client, alone, make_person("Kim Partner"))
    settle()

    invitations = Delivery.objects.filter(address=KIM).exclude(calendar="")

    assert [letter.event.kind for letter in invitations if letter.event] == ["appointment.shared"]
