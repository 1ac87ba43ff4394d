"""What is found by which words, and in which order."""

import pytest

from alcove.guides.library import VISITORS
from alcove.guides.search import excerpt, search, stem


def slugs(words: str, language: str = "en", readers: tuple[str, ...] = VISITORS) -> list[str]:
    return [found.guide.slug for found in search(words, language, readers)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("cancel", "cancel"),
        ("cancelling a session", "cancel"),
        ("How do I cancel?", "cancel"),
        ("no time fits", "no-time-fits"),
        ("camera refused", "trouble-in-a-session"),
        ("no sound", "trouble-in-a-session"),
        ("cannot connect", "trouble-in-a-session"),
        ("google calendar", "add-to-calendar"),
        ("forgot password", "sign-in"),
        ("invite partner", "couples-rooms"),
        ("time zone", "time-zone-and-language"),
        ("quiet hours", "notifications"),
        ("credits", "session-credits"),
        ("BOOK", "book-a-session"),
    ],
)
def test_english_words_find_their_guide_first(words: str, first: str) -> None:
    assert slugs(words)[0] == first


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("cancelar", "cancel"),
        ("cancelación", "cancel"),
        ("camara", "trouble-in-a-session"),
        ("cámara bloqueada", "trouble-in-a-session"),
        ("contrasena", "sign-in"),
        ("reservar", "book-a-session"),
        ("zona horaria", "time-zone-and-language"),
        ("pareja", "couples-rooms"),
        ("créditos", "session-credits"),
    ],
)
def test_spanish_words_find_their_guide_first(words: str, first: str) -> None:
    assert first in slugs(words, "es")[:2]


def test_readers_own_guides_come_first() -> None:
    assert slugs("dispute", readers=("client", "partner"))[0] == "missed-sessions"
    assert slugs("dispute", readers=("staff",))[0] == "decide-disputes"


def test_guides_with_all_words_come_before_those_with_some() -> None:
    found = slugs("quiet hours")

    assert found[0] == "notifications"
    assert set(found) < set(slugs("quiet")) | set(slugs("hours"))
    assert slugs("quiet hours xylophone") == found


def test_beginning_of_a_word_is_enough() -> None:
    assert slugs("calend")[0] == "add-to-calendar"


def test_nothing_is_found_by_what_nobody_wrote() -> None:
    assert slugs("xylophone") == []
    assert slugs("") == []
    assert slugs("…!?") == []


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("cancel", "cancelled", "en"),
        ("cancels", "cancelling", "en"),
        ("invitation", "invitations", "en"),
        ("booked", "booking", "en"),
        ("reservar", "reserva", "es"),
        ("reservado", "reservas", "es"),
        ("credito", "creditos", "es"),
        ("cancelacion", "cancelar", "es"),
    ],
)
def test_forms_of_a_word_are_one(one: str, other: str, language: str) -> None:
    assert stem(one, language) == stem(other, language)


def test_excerpt_shows_the_words_around_a_hit() -> None:
    text = "word " * 100 + "the Cámara is here " + "more " * 100

    pieces = excerpt(text, ["camar"], "es")

    assert [piece.text for piece in pieces if piece.is_hit] == ["Cámara"]
    assert pieces[0].text.startswith("… ")
    assert pieces[-1].text.endswith(" …")
    assert len("".join(piece.text for piece in pieces)) < 300


def test_excerpt_without_a_hit_is_the_beginning() -> None:
    [piece] = excerpt("Short words", ["nothing"], "en")

    assert (piece.text, piece.is_hit) == ("Short words", False)
