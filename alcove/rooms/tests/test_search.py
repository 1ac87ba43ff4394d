"""Search in the reader's own rooms, in their own letters."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from alcove.core.folding import fold
from alcove.people.models import Person
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.models import Room
from alcove.rooms.queries import SEARCH_PAGE, search_messages
from alcove.rooms.templatetags.message_text import around
from tests.cast import NOW, Cast


def say(room: Room, author: Person, text: str) -> int:
    return post_message(actor=author, room_code=room.code, text=text, now=NOW).pk


@pytest.mark.parametrize(
    ("written", "looked_for"),
    [
        ("We spoke of the Ärger at home", "arger"),
        ("café", "CAFÉ"),
        ("Straße", "strasse"),
        ("Île de Ré", "ile re"),
        ("Δύο ΛΌΓΙΑ", "λογια"),
        ("100% sure_thing", "100%"),
        ("100% sure_thing", "sure_"),
        ("it\\s", "\\"),
    ],
)
def test_finds_words_without_case_and_accents(cast: Cast, written: str, looked_for: str) -> None:
    key = say(cast.room, cast.client, written)

    assert [one.pk for one in search_messages(cast.client, looked_for)] == [key]


@pytest.mark.parametrize("looked_for", ["%", "_", "home spring", "", "  "])
def test_finds_nothing_where_nothing_is(cast: Cast, looked_for: str) -> None:
    say(cast.room, cast.client, "We spoke of the Ärger at home")

    assert search_messages(cast.client, looked_for) == []


def test_finds_in_the_readers_own_rooms_only(cast: Cast) -> None:
    individual = say(cast.room, cast.client, "A secret")
    shared = say(cast.couples_room, cast.client, "Another secret")
    say(cast.strangers_room, cast.stranger, "The stranger's secret")

    found = {
        who: {one.pk for one in search_messages(getattr(cast, who), "secret")}
        for who in ("client", "partner", "second_provider", "staff")
    }

    assert found == {
        "client": {individual, shared},
        "partner": {shared},
        "second_provider": set(),
        "staff": set(),
    }


def test_the_page_leads_to_the_message(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = [say(cast.room, cast.client, f"Number {one} <i>") for one in range(SEARCH_PAGE + 2)]
    client = Client()
    client.force_login(cast.client)

    with django_assert_num_queries(6):
        html = client.get("/rooms/search/?q=number").content.decode()

    assert f"?before={keys[-1] + 1}#message-{keys[-1]}" in html
    assert "<mark>Number</mark> 31 &lt;i&gt;" in html
    assert f'#message-{keys[1]}"' not in html
    older = client.get(f"/rooms/search/?q=number&before={keys[2]}").content.decode()
    assert f'#message-{keys[1]}"' in older
    room = client.get(f"/rooms/{cast.room.code}/?before={keys[0] + 1}").content.decode()
    assert f'id="message-{keys[0]}"' in room


def test_the_page_says_when_nothing_is_found(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.client)

    assert "Nothing found" in client.get("/rooms/search/?q=<script>").content.decode()
    assert "Nothing found" not in client.get("/rooms/search/").content.decode()


def test_the_words_around_are_shown_and_harmless() -> None:
    text = "word " * 100 + "<script> needle " + "word " * 100

    shown = around(text, "needle")

    assert "<mark>needle</mark>" in shown
    assert "&lt;script&gt;" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 600


def test_folding_is_stable() -> None:
    assert fold(fold("ÄÖÜ ẞ ﬁ ①")) == fold("ÄÖÜ ẞ ﬁ ①")
