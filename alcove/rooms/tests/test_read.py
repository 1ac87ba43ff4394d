"""What a member has seen, and what the others see of that."""

import datetime as dt
from collections.abc import Iterator

import pytest
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from alcove.core.errors import NotFound
from alcove.people.models import Person
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.actions.read import mark_read
from alcove.rooms.models import Membership, Message, Room
from tests.cast import NOW, Cast
from tests.visitors import signed_in


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with travel(NOW, tick=False):
        yield


def say(room: Room, author: Person, text: str = "Hello") -> Message:
    return post_message(actor=author, room_code=room.code, text=text, now=NOW)


def seen_by(room: Room, person: Person) -> int:
    return Membership.objects.get(room=room, person=person).read_up_to


def test_reading_rises_and_never_falls_back(cast: Cast) -> None:
    first, second = (say(cast.room, cast.provider) for _ in range(2))

    mark_read(actor=cast.client, room_code=cast.room.code, up_to=second.pk)
    mark_read(actor=cast.client, room_code=cast.room.code, up_to=first.pk)

    assert seen_by(cast.room, cast.client) == second.pk


def test_nobody_has_seen_what_is_still_to_come(cast: Cast) -> None:
    message = say(cast.room, cast.provider)

    mark_read(actor=cast.client, room_code=cast.room.code, up_to=10**15)
    say(cast.room, cast.provider)

    assert seen_by(cast.room, cast.client) == message.pk


def test_a_message_of_another_room_is_seen_there_only(cast: Cast) -> None:
    say(cast.room, cast.provider)
    elsewhere = say(cast.second_room, cast.second_provider)

    mark_read(actor=cast.client, room_code=cast.room.code, up_to=elsewhere.pk)

    assert seen_by(cast.second_room, cast.client) == 0
    assert seen_by(cast.room, cast.client) < elsewhere.pk


def test_strangers_mark_nothing(cast: Cast) -> None:
    message = say(cast.room, cast.provider)

    with pytest.raises(NotFound):
        mark_read(actor=cast.stranger, room_code=cast.room.code, up_to=message.pk)
    answer = signed_in(cast.stranger).post(
        f"/rooms/{cast.room.code}/read/", {"up_to": str(message.pk)}
    )

    assert answer.status_code == 404


def test_the_newest_page_is_seen_by_opening_it_and_older_ones_are_not(cast: Cast) -> None:
    messages = [say(cast.room, cast.provider) for _ in range(3)]
    client = signed_in(cast.client)

    client.get(f"/rooms/{cast.room.code}/?before={messages[1].pk}")
    assert seen_by(cast.room, cast.client) == 0
    client.get(f"/rooms/{cast.room.code}/", headers={"Sec-Purpose": "prefetch"})
    assert seen_by(cast.room, cast.client) == 0
    client.get(f"/rooms/{cast.room.code}/lines/?after=0")
    assert seen_by(cast.room, cast.client) == 0

    client.get(f"/rooms/{cast.room.code}/")
    assert seen_by(cast.room, cast.client) == messages[2].pk


def test_the_author_sees_who_has_seen_it(cast: Cast) -> None:
    room = cast.couples_room
    message = say(room, cast.client)
    page = f"/rooms/{room.code}/"
    states = []

    for reader in (None, cast.partner, cast.provider):
        if reader:
            mark_read(actor=reader, room_code=room.code, up_to=message.pk)
        html = signed_in(cast.client).get(page).content.decode()
        states.append(html.partition("data-state>")[2].partition("<")[0])

    assert states == ["Sent", "Seen by Paul Partner", "Seen"]


def test_the_list_counts_what_others_did_since(cast: Cast) -> None:
    say(cast.room, cast.client)
    say(cast.room, cast.provider)
    say(cast.room, cast.provider)

    def counted(person: Person) -> str:
        return signed_in(person).get("/rooms/").content.decode()

    assert "2 new messages" in counted(cast.client)
    assert "new message" not in counted(cast.provider)
    assert "new message" not in counted(cast.stranger)
    signed_in(cast.client).get(f"/rooms/{cast.room.code}/")
    assert "new message" not in counted(cast.client)


def test_the_page_shows_where_the_new_ones_begin(cast: Cast) -> None:
    say(cast.room, cast.client, "Old words")
    say(cast.room, cast.provider, "New words")

    first = signed_in(cast.client).get(f"/rooms/{cast.room.code}/").content.decode()
    again = signed_in(cast.client).get(f"/rooms/{cast.room.code}/").content.decode()

    assert first.index("Old words") < first.index("data-new-line") < first.index("New words")
    assert "data-new-line" not in again


def test_lines_are_what_came_after(cast: Cast) -> None:
    old = say(cast.room, cast.client, "Old words")
    new = say(cast.room, cast.provider, "<b>New</b> words")

    html = (
        signed_in(cast.client)
        .get(f"/rooms/{cast.room.code}/lines/?after={old.pk}")
        .content.decode()
    )

    assert "Old words" not in html
    assert "&lt;b&gt;New&lt;/b&gt; words" in html
    assert f'data-newest="{new.pk}"' in html
    assert f'data-own="message-{old.pk}" data-state="Seen"' in html
    # The same day as what the page shows already.
    assert "message-line" not in html


def test_lines_come_in_portions(cast: Cast) -> None:
    for number in range(60):
        Message.objects.create(
            room=cast.room, author=cast.provider, body=f"number {number}.", written_at=NOW
        )
    client = signed_in(cast.client)

    first = client.get(f"/rooms/{cast.room.code}/lines/?after=0").content.decode()
    newest = first.partition('data-newest="')[2].partition('"')[0]
    rest = client.get(f"/rooms/{cast.room.code}/lines/?after={newest}").content.decode()

    assert "data-more" in first
    assert "number 49." in first
    assert "number 50." not in first
    assert "data-more" not in rest
    assert "number 50." in rest
    assert "number 59." in rest


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30])
def test_lines_after_nonsense_are_the_first_ones(cast: Cast, after: str) -> None:
    say(cast.room, cast.provider, "Hello there")

    answer = signed_in(cast.client).get(f"/rooms/{cast.room.code}/lines/?after={after}")

    assert "Hello there" in answer.content.decode()


def test_years_of_messages_cost_no_more_statements(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    start = NOW - dt.timedelta(days=400)
    authors = (cast.client, cast.provider)
    Message.objects.bulk_create(
        Message(
            room=cast.room,
            author=authors[number % 2],
            body="x",
            folded="x",
            written_at=start + dt.timedelta(minutes=10 * number),
        )
        for number in range(50_000)
    )
    client = signed_in(cast.client)
    with django_assert_num_queries(8):
        client.get(f"/rooms/{cast.room.code}/")
    with django_assert_num_queries(6):
        client.get("/rooms/")
