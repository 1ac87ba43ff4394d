"""The document, the server and the page state one protocol."""

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings

from alcove.live.errors import CLOSE_CODES
from alcove.live.protocol import FROM_PAGE, FROM_SERVER, KINDS, VERSION

DOCUMENT = Path(settings.BASE_DIR).parent / "docs/protocol/live.md"
PAGE = Path(settings.BASE_DIR) / "static/js/live/protocol.js"


def rows_under(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of the document, its head left out."""
    text = DOCUMENT.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1]
    lines = [line for line in text.split("\n## ", 1)[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def table_of_page(name: str) -> Any:
    """The literal that the page's module exports under this name."""
    source = PAGE.read_text(encoding="utf-8")
    literal = re.search(rf"export const {name} = (\{{.*?\n\}}|\d+);", source, re.DOTALL)
    assert literal, f"{name} is not in {PAGE.name}"
    plain = re.sub(r"//.*|/\*.*?\*/", "", literal[1], flags=re.DOTALL if "/*" in literal[1] else 0)
    plain = re.sub(r"([{,\s])([A-Za-z_]\w*|\d+):", r'\1"\2":', plain)
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", plain))


def test_the_document_lists_the_frames_that_the_server_reads() -> None:
    written = {}
    for type_, fields, _meaning in rows_under("From page to server"):
        pairs = [field.split(": ") for field in fields.split(", ") if field]
        written[type_.strip("`")] = dict(pairs)

    assert written == FROM_PAGE


def test_the_document_lists_the_frames_that_the_server_sends() -> None:
    written = {
        type_.strip("`"): tuple(fields.split(", "))
        for type_, fields, _meaning in rows_under("From server to page")
    }

    assert written == FROM_SERVER


def test_the_document_explains_every_kind_of_field() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    unexplained = [kind for kind in KINDS if f"`{kind}`" not in text]
    assert unexplained == []


def test_the_document_lists_the_close_codes() -> None:
    written = {
        int(code): error.strip("`")
        for code, error, _meaning, _again in rows_under("Close codes")
        if code.isdecimal()
    }
    known = {number: error.code for error, number in CLOSE_CODES.items()}

    assert written == known


def test_the_page_knows_the_same_frames_and_version() -> None:
    assert table_of_page("VERSION") == VERSION
    assert {type_: list(fields) for type_, fields in table_of_page("FROM_PAGE").items()} == {
        type_: list(fields) for type_, fields in FROM_PAGE.items()
    }
    assert {type_: list(fields) for type_, fields in table_of_page("FROM_SERVER").items()} == {
        type_: list(fields) for type_, fields in FROM_SERVER.items()
    }


def test_the_page_knows_the_same_close_codes() -> None:
    known = set(CLOSE_CODES.values())

    assert {int(code) for code in table_of_page("CLOSE_CODES")} == known
