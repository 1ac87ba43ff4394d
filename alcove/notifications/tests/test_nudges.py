"""Who has not seen a message after a while is told once, until they have read again."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alcove.core import jobs
from alcove.core.models import Event
from alcove.live.models import LiveSession, Stay
from alcove.notifications.actions.nudge import make_nudges
from alcove.notifications.models import Delivery, Notice, Nudge
from alcove.notifications.tests.mailbox import Mailbox, running
from alcove.people.models import Person
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.actions.read import mark_read
from alcove.rooms.models import Membership, Message, Room
from tests.cast import NOW, Cast, at, book_confirmed
from tests.untouched import insert, refused_by_the_database

MINUTE = dt.timedelta(minutes=1)
CORA, PAUL, PETRA = "cora@example.org", "paul@example.org", "petra@example.org"


def say(room: Room, author: Person, now: dt.datetime = NOW) -> Message:
    return post_message(actor=author, room_code=room.code, text="My private words", now=now)


def read(room: Room, reader: Person) -> None:
    mark_read(actor=reader, room_code=room.code, up_to=Message.objects.latest("pk").pk)


def told_at(now: dt.datetime) -> list[str]:
    """Who is told when the minute's job and what it leads to run then."""
    before = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    make_nudges(now=now)
    jobs.run_due(now)
    new = Delivery.objects.filter(event__kind="messages.wait", pk__gt=before)
    return sorted(new.values_list("address", flat=True))


def test_who_has_not_seen_a_message_after_five_minutes_is_told_once(cast: Cast) -> None:
    say(cast.couples_room, cast.client)

    assert told_at(NOW + 4 * MINUTE) == []
    assert told_at(NOW + 5 * MINUTE) == [PAUL, PETRA]
    say(cast.couples_room, cast.client, NOW + 6 * MINUTE)
    assert told_at(NOW + 60 * MINUTE) == []


def test_who_has_read_again_is_told_of_what_comes_then(cast: Cast) -> None:
    say(cast.couples_room, cast.client)
    assert told_at(NOW + 5 * MINUTE) == [PAUL, PETRA]

    read(cast.couples_room, cast.partner)
    say(cast.couples_room, cast.client, NOW + 10 * MINUTE)
    assert told_at(NOW + 15 * MINUTE) == [PAUL]


def test_who_reads_in_time_is_told_nothing(cast: Cast) -> None:
    say(cast.room, cast.client)
    read(cast.room, cast.provider)

    assert told_at(NOW + 5 * MINUTE) == []


def test_each_room_tells_for_itself(cast: Cast) -> None:
    say(cast.room, cast.client)
    say(cast.couples_room, cast.client)

    assert told_at(NOW + 5 * MINUTE) == [PAUL, PETRA, PETRA]


def test_cards_and_old_messages_are_no_such_news(cast: Cast) -> None:
    book_confirmed(cast.room, at(4, 9))
    jobs.run_due(NOW)
    say(cast.couples_room, cast.client)

    assert Message.objects.filter(kind="card", room=cast.room).exists()
    assert told_at(NOW + dt.timedelta(days=1)) == []


def test_partner_is_told_of_nothing_from_before_they_joined(cast: Cast) -> None:
    say(cast.couples_room, cast.client)
    Membership.objects.filter(person=cast.partner).update(joined_at=NOW + MINUTE)

    assert told_at(NOW + 5 * MINUTE) == [PETRA]


def test_who_was_in_the_live_session_saw_what_was_written_in_it(cast: Cast) -> None:
    meeting = LiveSession.objects.create(
        appointment=book_confirmed(cast.couples_room, at(4, 9)), level="chat", opened_at=at(4, 9)
    )
    stay = Stay.objects.create(
        session=meeting,
        person=cast.provider,
        role="provider",
        epoch="e",
        device="d",
        joined_at=at(4, 9),
        seen_at=at(4, 9),
    )
    say(cast.couples_room, cast.client, at(4, 9, 1))
    assert told_at(at(4, 9, 6)) == [PAUL]

    stay.left_at = stay.seen_at = at(4, 9, 10)
    stay.save()
    assert told_at(at(4, 9, 15)) == []
    say(cast.couples_room, cast.client, at(4, 9, 20))
    assert told_at(at(4, 9, 25)) == [PETRA]


def test_letter_holds_neither_words_nor_names(cast: Cast) -> None:
    say(cast.room, cast.client)
    told_at(NOW + 5 * MINUTE)

    letter = Delivery.objects.get(event__kind="messages.wait")
    assert letter.subject == "A new message waits for you"
    assert f"/rooms/{cast.room.code}/" in letter.text
    for secret in ("private", "Cora", "Petra", "herap"):
        assert secret not in f"{letter.subject}{letter.text}{letter.html}"
    assert not Notice.objects.exists()


def test_letter_that_waited_is_dropped_once_the_room_was_read(cast: Cast, mail_port: int) -> None:
    say(cast.room, cast.client)
    told_at(NOW + 5 * MINUTE)
    read(cast.room, cast.provider)

    box = Mailbox()
    with running(box, mail_port):
        jobs.run_due(NOW + 60 * MINUTE)

    assert box.arrived == []
    assert Delivery.objects.get().state == "dropped"


def test_member_who_left_before_the_letter_is_told_nothing(cast: Cast) -> None:
    say(cast.couples_room, cast.client)
    make_nudges(now=NOW + 5 * MINUTE)
    Membership.objects.filter(person=cast.partner).delete()

    jobs.run_due(NOW + 5 * MINUTE)

    assert list(Delivery.objects.values_list("address", flat=True)) == [PETRA]


def test_second_nudge_before_reading_is_refused_by_the_database(cast: Cast) -> None:
    say(cast.room, cast.client)
    make_nudges(now=NOW + 5 * MINUTE)
    first = Nudge.objects.get()

    with refused_by_the_database("nudge"):
        insert(
            "notifications_nudge",
            membership_id=first.membership_id,
            read_up_to=first.read_up_to,
            event_id=Event.objects.create(
                kind="test", subject="x", actor="system", happened_at=NOW
            ).pk,
        )


def test_statements_do_not_grow_with_rooms(cast: Cast) -> None:
    def statements(now: dt.datetime) -> int:
        with CaptureQueriesContext(connection) as captured:
            make_nudges(now=now)
        return len(captured)

    say(cast.room, cast.client)
    for_one = statements(NOW + 5 * MINUTE)
    for room in (cast.couples_room, cast.second_room, cast.strangers_room):
        say(room, room.owner, NOW + 5 * MINUTE)

    assert statements(NOW + 10 * MINUTE) == for_one == 6
    assert Nudge.objects.count() == 1 + 2 + 1 + 1


@pytest.mark.parametrize("author", ["client", "provider"])
def test_nobody_is_told_of_their_own_words(cast: Cast, author: str) -> None:
    say(cast.room, getattr(cast, author))

    told = told_at(NOW + 5 * MINUTE)
    assert told == ([PETRA] if author == "client" else [CORA])
