"""A guide as HTML and as plain words, by markdown-it.

HTML in a guide stays text. Links lead to another guide (``cancel#cost``), to a place in the same
one (``#cost``) or to a page of the product by the name of its address (``page:booking:schedule``);
nowhere else. Pictures are named for their files under ``static/guides/<language>/``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from alcove.core.folding import fold
from alcove.guides.errors import GuideProblem
from alcove.guides.guide import Guide
from alcove.guides.library import guides

PICTURES = Path(__file__).resolve().parent / "static" / "guides"
# Pictures are taken larger than they are shown, for screens that are finer.
DENSITY = 1.5

_NAMED = re.compile(r"\s*\{#(?P<anchor>[a-z0-9-]+)\}$")
_GUIDE = re.compile(r"(?P<slug>[a-z0-9-]*)(?:#(?P<anchor>[a-z0-9-]+))?")
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands between two headings; the first section of a guide has no heading."""

    anchor: str
    heading: str
    words: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A guide ready to be shown and to be searched."""

    html: SafeString
    sections: tuple[Section, ...]


@cache
def page_of(slug: str, language: str) -> Page:
    """The guide's page, made once. Raises GuideProblem for links and pictures that lead nowhere."""
    guide = guides(language)[slug]
    return Page(html_of(guide), _cut(tokens_of(guide)))


def html_of(guide: Guide) -> SafeString:
    """The guide as HTML in which nothing but our own marks is markup."""
    html: str = _markdown.renderer.render(tokens_of(guide), _markdown.options, {})
    return mark_safe(html)


def tokens_of(guide: Guide) -> list[Token]:
    """The guide in markdown-it's pieces, its headings with anchors and its links resolved."""
    tokens = _markdown.parse(guide.text)
    for token, inline in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and inline is not None:
            _name_heading(token, inline)
        if token.type == "paragraph_open" and inline is not None and _is_pictures(inline):
            token.attrSet("class", "guide__pictures")
        if token.type == "table_open":
            token.attrSet("class", "table")
        for child in token.children or []:
            _resolve(child, guide)
    return tokens


def slug_of(words: str) -> str:
    """Words as an anchor: ``What it costs`` is ``what-it-costs``."""
    return re.sub(r"[^a-z0-9]+", "-", fold(words)).strip("-")


def _name_heading(opening: Token, inline: Token) -> None:
    """Give a heading its anchor: the one written behind it, or one made of its words."""
    last = (inline.children or [])[-1]
    if named := _NAMED.search(last.content):
        last.content = last.content[: named.start()]
        inline.content = _NAMED.sub("", inline.content)
    opening.attrSet("id", named["anchor"] if named else slug_of(inline.content))


def _is_pictures(inline: Token) -> bool:
    kinds = {child.type for child in inline.children or []}
    return "image" in kinds and kinds <= {"image", "softbreak"}


def _resolve(token: Token, guide: Guide) -> None:
    if token.type == "link_open":
        token.attrSet("href", _address(str(token.attrGet("href")), guide))
    elif token.type == "image":
        for name, value in _picture(str(token.attrGet("src")), guide).items():
            token.attrSet(name, value)


def _address(written: str, guide: Guide) -> str:
    if written.startswith("page:"):
        try:
            return reverse(written.removeprefix("page:"))
        except NoReverseMatch as error:
            raise GuideProblem(f"{guide.source}: no page has the address {written}") from error
    match = _GUIDE.fullmatch(written)
    if not match or (match["slug"] and match["slug"] not in guides(guide.language)):
        raise GuideProblem(f"{guide.source}: the link {written} leads to no guide and no page")
    place = f"#{match['anchor']}" if match["anchor"] else ""
    # Relative, so that who reads in another language than their own stays in it.
    return f"../{match['slug']}/{place}" if match["slug"] else place


def _picture(name: str, guide: Guide) -> dict[str, Any]:
    path = f"guides/{guide.language}/{name}.webp"
    file = finders.find(path)
    if file is None:
        raise GuideProblem(f"{guide.source}: there is no picture {path}")
    with Image.open(file) as image:
        width, height = (str(round(side / DENSITY)) for side in image.size)
    return {
        "src": static(path),
        "width": width,
        "height": height,
        "loading": "lazy",
        "decoding": "async",
    }


def _cut(tokens: list[Token]) -> tuple[Section, ...]:
    return tuple(section for section in _sections(tokens) if section.heading or section.words)


def _sections(tokens: list[Token]) -> Iterator[Section]:
    anchor, heading, level, words = "", "", 0, list[str]()
    opening: Token | None = None
    for token in tokens:
        if token.type == "heading_open":
            yield Section(anchor, heading, " ".join(words), level)
            opening, words = token, []
        elif token.type == "inline" and opening is not None:
            anchor, heading = str(opening.attrGet("id")), plain(token)
            level, opening = int(opening.tag[1]), None
        elif token.type == "inline":
            words.append(plain(token))
    yield Section(anchor, heading, " ".join(words), level)


def plain(inline: Token) -> str:
    """The words of a piece of text, without its marks; pictures say nothing here."""
    parts = [
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in inline.children or []
        if child.type != "image"
    ]
    return "".join(parts).strip()
