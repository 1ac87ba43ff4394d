"""The shelf of all guides with its search, and one guide. Both work signed out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from alcove.core.errors import NotFound
from alcove.guides import library
from alcove.guides.addresses import address_of
from alcove.guides.guide import AUDIENCES, LEAD, Guide
from alcove.guides.rendering import page_of
from alcove.guides.search import Found, search

LONGEST_SEARCH = 200
HEADINGS: dict[str, str | Promise] = {
    "client": _("For clients"),
    "partner": _("For couples"),
    "provider": _("For providers"),
    "staff": _("For staff"),
    "admin": _("For admins"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The guides of one audience."""

    heading: str
    guides: list[Guide]


@dataclass(frozen=True, slots=True)
class Switch:
    """The way to the same page in another language."""

    language: str
    name: str
    url: str


def shelf(request: HttpRequest, language: str = "") -> HttpResponse:
    """All guides by audience, the reader's own first; with ``q``, those that have these words."""
    spoken = language or _own_language()
    readers = library.readers_of(request.user)
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH]
    found, found_in = _found(words, spoken, readers)
    with translation.override(spoken):
        context = {
            "words": words,
            "found": found,
            "found_in": found_in,
            "own": list(_groups(readers, spoken)),
            "others": list(_groups([one for one in AUDIENCES if one not in readers], spoken)),
        }
        return _answer(request, "guides/shelf.html", context, spoken, language)


def show(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """One guide, in the reader's language or the one of the address."""
    spoken = language or _own_language()
    guide = library.guides(spoken).get(slug)
    if guide is None:
        raise NotFound
    with translation.override(spoken):
        page = page_of(slug, guide.language)
        parts = [section for section in page.sections if section.level == 2]
        context = {"guide": guide, "page": page, "parts": parts if len(parts) > 2 else []}
        return _answer(request, "guides/guide.html", context, spoken, language, slug)


def _own_language() -> str:
    """The reader's language, as far as there are guides in it."""
    spoken = get_language() or ""
    return spoken if spoken in library.LANGUAGES else LEAD


def _groups(audiences: Any, language: str) -> Iterator[Group]:
    for audience in audiences:
        if found := library.for_audience(audience, language):
            yield Group(str(HEADINGS[audience]), found)


def _found(
    words: str, spoken: str, readers: tuple[str, ...]
) -> tuple[list[tuple[Found, str]], Switch | None]:
    """What was found in the reader's language, or else in another one, which is then named."""
    for language in [spoken, *(one for one in library.LANGUAGES if one != spoken)]:
        if found := search(words, language, readers):
            there = language if language != _own_language() else ""
            hits = [(one, address_of(one.guide, there, one.anchor)) for one in found]
            return hits, None if language == spoken else _switch(language, "")
    return [], None


def _switch(language: str, slug: str) -> Switch:
    names = [language, slug] if slug else [language]
    url = reverse("guides:guide_in" if slug else "guides:list_in", args=names)
    return Switch(language, get_language_info(language)["name_local"].capitalize(), url)


def _answer(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    spoken: str,
    named: str,
    slug: str = "",
) -> HttpResponse:
    """The page with the links to other languages, each of which keeps what was looked for."""
    switches = [_switch(one, slug) for one in library.LANGUAGES if one != spoken]
    shelf_url = reverse("guides:list_in", args=[named]) if named else reverse("guides:list")
    shown = context | {"switches": switches, "shelf_url": shelf_url, "in_language": named}
    response = render(request, template, shown)
    response.headers["Content-Language"] = spoken
    return response
