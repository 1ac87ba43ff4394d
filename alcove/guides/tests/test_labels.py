"""What a guide prints in bold stands on a page in just these words; so does its translation."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from alcove.guides.guide import LEAD, Guide
from alcove.guides.library import LANGUAGES, guides
from tests.translations import spanish, texts

# What is bold, and how a link to a page of the product names it.
LABEL = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|(?<!!)\[(?P<link>[^\]]+)\]\(page:")
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")

EVERY = [guide for language in LANGUAGES for guide in guides(language).values()]


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    if isinstance(text, (list, tuple)):
        return tuple(text)
    return (text,) if text else ()


@cache
def of_the_sign_in() -> Catalog:
    """The Spanish of the sign-in pages, which the library brings with it."""
    spec = find_spec("allauth")
    assert spec is not None
    assert spec.origin is not None
    with (Path(spec.origin).parent / "locale/es/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="es")


@cache
def on_pages() -> list[tuple[str, str]]:
    """Every text of every page in English, with its Spanish."""
    known = spanish()
    pairs = [
        (form, translated)
        for message in texts()
        if message.id and (found := known.get(message.id, message.context))
        for form, translated in zip(forms(message.id), forms(found.string), strict=False)
    ]
    library = [
        (form, translated)
        for message in of_the_sign_in()
        if message.id
        for form, translated in zip(forms(message.id), forms(message.string), strict=False)
    ]
    return pairs + library


def shown(text: str) -> str:
    """A text as guides write it: what changes from page to page is …"""
    return PLACE.sub("…", text).replace("….", "…")


@cache
def by_label(language: str) -> dict[str, set[str]]:
    """What guides may write in bold → the texts of pages that it stands for."""
    side = 0 if language == LEAD else 1
    found: dict[str, set[str]] = {}
    for pair in on_pages():
        label = shown(pair[side])
        # Names of fields begin with a capital letter on pages.
        for written in {label, label[:1].upper() + label[1:]}:
            found.setdefault(written, set()).add(pair[side])
    return found


def texts_of(label: str, language: str) -> set[str]:
    """The texts of pages that a label stands for."""
    return by_label(language).get(label, set())


def labels(guide: Guide) -> Iterator[tuple[int, str]]:
    """The labels of a guide with the lines of the file in which they stand."""
    head = guide.source.read_text(encoding="utf-8").removesuffix(guide.text).count("\n")
    for number, line in enumerate(guide.text.split("\n"), head + 1):
        for found in LABEL.finditer(line):
            yield number, found["bold"] or found["link"]


@pytest.mark.parametrize("guide", EVERY, ids=lambda guide: f"{guide.language}/{guide.slug}")
def test_every_label_stands_on_a_page(guide: Guide) -> None:
    unknown = [
        f"{guide.source}:{line}: no page says “{label}”"
        for line, label in labels(guide)
        if not texts_of(label, guide.language)
    ]

    assert unknown == [], "\n".join(unknown)


@pytest.mark.parametrize("slug", guides(LEAD))
def test_labels_of_a_translation_are_those_of_its_lead(slug: str) -> None:
    """Each Spanish label is what the page of the English one says in Spanish."""
    leads = Counter(label for _, label in labels(guides(LEAD)[slug]))
    theirs = Counter(label for _, label in labels(guides("es")[slug]))
    # A text may be on several pages in several words: any of them will do.
    spoken = {
        label: {translated for text, translated in on_pages() if text in texts_of(label, LEAD)}
        for label in leads
    }

    strays = [
        label
        for label in theirs
        if not any(texts_of(label, "es") & translations for translations in spoken.values())
    ]
    missing = [
        label
        for label, translations in spoken.items()
        if not any(texts_of(found, "es") & translations for found in theirs)
    ]

    assert (strays, missing) == ([], [])
    assert sum(leads.values()) == sum(theirs.values())


def test_label_that_no_page_says_is_found() -> None:
    assert texts_of("Book session", "en") == {"Book session"}
    assert texts_of("Reservar sesión", "es") == {"Reservar sesión"}
    assert texts_of("If you move it now, a fee of … applies.", "en")
    assert "Changes are free until %(until)s." in texts_of("Changes are free until …", "en")
    assert texts_of("Book sessions", "en") == set()
    assert texts_of("Book session", "es") == set()
