"""What the practice did for a client is told to everybody, and holds by every check (R18)."""

import datetime as dt

from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.request import request_appointment
from alcove.booking.actions.reschedule import reschedule_appointment
from alcove.booking.behalf import Behalf
from alcove.booking.chronicle import chronicle
from alcove.booking.models import Appointment
from alcove.core import jobs
from alcove.database_check.run import broken
from alcove.notifications.models import Delivery
from alcove.people.models import Person
from alcove.rooms.cards import card_of
from alcove.rooms.models import Message, Room
from tests.cast import NOW, Cast, at, book_confirmed, hold, hold_to_move

WHY = Behalf("Asked for it by phone")


def book_for(staff: Person, room: Room, starts_at: dt.datetime) -> Appointment:
    held = hold(room, starts_at, actor=staff, for_client=True)
    return request_appointment(actor=staff, hold_code=held.code, behalf=WHY, now=NOW)


def test_the_room_the_history_and_the_letters_say_so_and_never_why(cast: Cast) -> None:
    appointment = book_for(cast.staff, cast.couples_room, at(4, 9))
    jobs.run_due(NOW)

    [card] = [message.card for message in Message.objects.filter(kind="card")]
    assert (
        "Arranged by the practice, on behalf of the client."
        in card_of(card, cast.client.zone).lines
    )
    texts = {
        reader.name: chronicle(appointment, reader)[0].text
        for reader in (cast.client, cast.partner, cast.staff)
    }
    assert texts == {
        "Cora Client": "The practice booked this live session for you.",
        "Paul Partner": "The practice booked this live session for Cora Client.",
        "Sam Staff": "The practice booked this live session for Cora Client.",
    }
    letters = {one.person: one.text for one in Delivery.objects.filter(channel="email")}
    assert "The practice did this for you." in letters[cast.client]
    for other in (cast.partner, cast.provider):
        words = "The practice did this on behalf of the person who books here."
        assert words in letters[other]
    everything = f"{card} {texts} {list(letters.values())}"
    assert "phone" not in everything
    assert "Sam" not in everything.replace("Sam Staff': 'The", "")


def test_everything_that_staff_can_do_leaves_the_database_true(cast: Cast) -> None:
    late = at(6, 8)
    book_for(cast.staff, cast.couples_room, at(4, 9))
    moving, ending = (
        book_confirmed(cast.room, at(6, 9)),
        book_confirmed(cast.second_room, at(6, 15)),
    )
    for waives, agreed in ((True, "free"), (False, "free")):
        held = hold_to_move(moving, at(9 + waives, 9), actor=cast.admin, for_client=True, now=late)
        moving = reschedule_appointment(
            actor=cast.admin,
            hold_code=held.code,
            agreed=agreed,
            behalf=Behalf("Was in hospital", waives=waives),
            now=late,
        )
    cancel_appointment(
        actor=cast.admin,
        code=ending.code,
        reason=None,
        words="",
        agreed="credit",
        behalf=WHY,
        now=late,
    )
    jobs.run_due(late)

    assert [sentence for sentence in broken(late) if "lapsed" not in sentence] == []
