"""The pages of rooms: their members see them, everybody else finds nothing."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from alcove.core.models import Event
from alcove.people.models import Person
from alcove.rooms.models import Message, Room
from tests.cast import NOW, Cast
from tests.visitors import signed_in


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with travel(NOW, tick=False):
        yield


def page_of(room: Room) -> str:
    return f"/rooms/{room.code}/"


def write(room: Room, author: Person, text: str, *, at: dt.datetime = NOW) -> Message:
    return Message.objects.create(room=room, author=author, body=text, written_at=at)


def leave_card(room: Room, kind: str = "appointment.confirmed") -> Message:
    event = Event.objects.create(kind=kind, subject="x", actor="system", happened_at=NOW)
    card = {
        "kind": kind,
        "code": "ABCDEFGHJKMN",
        "starts_at": "2026-03-05T09:00:00+00:00",
        "ends_at": "2026-03-05T09:45:00+00:00",
        "modality": "video",
    }
    return Message.objects.create(
        room=room, kind=Message.Kind.CARD, card=card, event=event, written_at=NOW
    )


def test_list_shows_the_readers_rooms_with_the_latest_message_first(cast: Cast) -> None:
    write(cast.room, cast.provider, "Hello", at=NOW - dt.timedelta(hours=1))
    write(cast.second_room, cast.second_provider, "Hello", at=NOW + dt.timedelta(minutes=1))

    text = signed_in(cast.client).get("/rooms/").content.decode()

    places = [text.index(page_of(room)) for room in (cast.second_room, cast.couples_room)]
    assert places == sorted(places)
    assert "Paul Partner and Petra Provider" in text
    assert "last message Mon, Mar 2, 10:01 AM" in text
    assert "no messages yet" in text
    assert page_of(cast.strangers_room) not in text


def test_list_without_rooms_says_what_to_do(cast: Cast) -> None:
    text = signed_in(cast.staff).get("/rooms/").content.decode()

    assert "You have no room yet" in text


def test_list_asks_the_database_as_often_for_one_room_as_for_three(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for person in (cast.stranger, cast.client):  # one room, three rooms
        client = signed_in(person)
        with django_assert_num_queries(6):
            client.get("/rooms/")


def test_room_is_open_to_its_members_only(cast: Cast) -> None:
    write(cast.couples_room, cast.client, "Our secret")
    names = ("client", "partner", "provider", "second_provider", "staff", "stranger")

    pages = {name: signed_in(getattr(cast, name)).get(page_of(cast.couples_room)) for name in names}
    posts = {
        name: signed_in(getattr(cast, name)).post(page_of(cast.couples_room), {"text": "x"})
        for name in names
    }

    assert {name: page.status_code for name, page in pages.items()} == {
        "client": 200,
        "partner": 200,
        "provider": 200,
        "second_provider": 404,
        "staff": 404,
        "stranger": 404,
    }
    assert {name for name, page in pages.items() if b"Our secret" in page.content} == {
        "client",
        "partner",
        "provider",
    }
    assert {name: post.status_code for name, post in posts.items()} == {
        "client": 302,
        "partner": 302,
        "provider": 302,
        "second_provider": 404,
        "staff": 404,
        "stranger": 404,
    }
    assert Client().get(page_of(cast.couples_room)).status_code == 302
    assert Client().get("/rooms/").status_code == 302


def test_room_that_does_not_exist_is_not_found(cast: Cast) -> None:
    assert signed_in(cast.client).get("/rooms/NOSUCHROOM00/").status_code == 404


def test_writing_leaves_one_message_however_often_it_is_sent(cast: Cast) -> None:
    client = signed_in(cast.client)
    form = {"text": "Hello <b>you</b>", "idempotency_key": "k"}

    answers = [client.post(page_of(cast.room), form) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [f"{page_of(cast.room)}#newest"] * 2
    assert Message.objects.get().body == "Hello <b>you</b>"
    text = client.get(page_of(cast.room)).content.decode()
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  ", "Write something before you send it."),
        ("y" * 4001, "That is longer than 4000 characters."),
    ],
)
def test_refused_message_keeps_what_was_typed(cast: Cast, typed: str, words: str) -> None:
    page = signed_in(cast.client).post(page_of(cast.room), {"text": typed})

    assert page.status_code == 422
    assert words in page.content.decode()
    assert typed in page.content.decode()
    assert not Message.objects.exists()


def test_closed_room_can_be_read_but_not_written(cast: Cast) -> None:
    write(cast.room, cast.client, "Hello")
    cast.room.closed_at = NOW
    cast.room.save()
    client = signed_in(cast.client)

    seen = client.get(page_of(cast.room)).content.decode()
    posted = client.post(page_of(cast.room), {"text": "More"})

    assert "Hello" in seen
    assert "This room is closed." in seen
    assert "<textarea" not in seen
    assert posted.status_code == 409
    assert Message.objects.count() == 1


def test_card_is_shown_in_the_readers_words_with_a_link_to_the_session(cast: Cast) -> None:
    leave_card(cast.couples_room)

    here = signed_in(cast.client).get(page_of(cast.couples_room)).content.decode()
    there = signed_in(cast.partner).get(page_of(cast.couples_room)).content.decode()

    assert "Live session confirmed" in here
    assert "Thu, Mar 5, 10:00 AM – 10:45 AM, Berlin (GMT+1)" in here
    assert "Thu, Mar 5, 4:00 AM – 4:45 AM, Lima (GMT-5)" in there
    assert '<a href="/schedule/ABCDEFGHJKMN/">Open live session</a>' in here


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (
            "see https://example.org/a?b=1&c=2.",
            (
                'see <a href="https://example.org/a?b=1&amp;c=2" rel="noopener nofollow">'
                "https://example.org/a?b=1&amp;c=2</a>."
            ),
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (
            'https://example.org/"onmouseover="x',
            (
                '<a href="https://example.org/" rel="noopener nofollow">https://example.org/</a>'
                "&quot;onmouseover=&quot;x"
            ),
        ),
    ],
)
def test_addresses_become_links_and_nothing_else_does(cast: Cast, body: str, html: str) -> None:
    write(cast.room, cast.client, body)

    text = signed_in(cast.client).get(page_of(cast.room)).content.decode()

    assert f'<div class="message__text">{html}</div>' in text


def test_older_messages_come_by_their_key(cast: Cast) -> None:
    found = [write(cast.room, cast.client, f"word {n:03}.") for n in range(120)]
    write(cast.second_room, cast.client, "elsewhere")
    client = signed_in(cast.client)

    def words(query: str = "") -> list[int]:
        text = client.get(page_of(cast.room) + query).content.decode()
        return [n for n in range(120) if f"word {n:03}." in text]

    assert words() == list(range(70, 120))
    assert words(f"?before={found[70].pk}") == list(range(20, 70))
    assert words(f"?before={found[20].pk}") == list(range(20))
    assert words("?before=nonsense") == list(range(70, 120))
    assert words("?before=" + "9" * 40) == list(range(70, 120))
    newest = client.get(page_of(cast.room)).content.decode()
    oldest = client.get(f"{page_of(cast.room)}?before={found[20].pk}").content.decode()
    assert f"?before={found[70].pk}" in newest
    assert "Show earlier messages" not in oldest
    assert "Back to the newest messages" in oldest


def test_page_asks_the_database_as_often_for_one_message_as_for_three(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.client)
    write(cast.room, cast.client, "one")
    with django_assert_num_queries(8):  # the last one notes what was seen
        client.get(page_of(cast.room))

    write(cast.room, cast.provider, "two")
    leave_card(cast.room)
    # One more for what can be done about the sessions on the cards.
    with django_assert_num_queries(9):
        client.get(page_of(cast.room))
    with django_assert_num_queries(8):
        client.get(page_of(cast.room))


def test_only_the_owner_is_offered_to_book(cast: Cast) -> None:
    offered = {
        name: b"Book or start a session"
        in signed_in(getattr(cast, name)).get(page_of(cast.couples_room)).content
        for name in ("client", "partner", "provider")
    }

    assert offered == {"client": True, "partner": False, "provider": False}
