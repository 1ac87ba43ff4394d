"""One guide: what stands in its file, under ``texts/<language>/<slug>.md``.

Before the text stands its head in YAML, between two lines of ``---``:

    title: Book a live session          in every language
    summary: Choose a room, a time, …   in every language; one sentence
    topics: [appointment, reserve]      in every language; words to be found by
    order: 10                           in English only, for the others follow it:
    audience: [client]                  whom it is for, of AUDIENCES
    pages: [booking:new]                the pages that it helps with, by the names of their addresses
    refusals: {slot_taken: gone}        codes of errors that it explains → the anchor where
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from alcove.guides.errors import GuideProblem

# In the order in which a list shows them.
AUDIENCES = ("client", "partner", "provider", "staff", "admin")
LEAD = "en"
OWN = frozenset({"title", "summary", "topics"})
SHARED = frozenset({"order", "audience", "pages", "refusals"})


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide in one language, as it was written."""

    slug: str
    language: str
    title: str
    summary: str
    text: str
    source: Path
    topics: tuple[str, ...] = ()
    order: int = 0
    audience: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    refusals: Mapping[str, str] = field(default_factory=dict)


def read_guide(source: Path, lead: Guide | None = None) -> Guide:
    """The guide in a file; a translation takes from its lead what languages share.

    Raises GuideProblem for a head that lacks something or has something unknown.
    """
    head, text = _parts(source)
    needed = OWN if lead else OWN | SHARED - {"refusals"}
    if odd := needed - head.keys() | head.keys() - OWN - (frozenset() if lead else SHARED):
        raise GuideProblem(f"{source}: missing or unknown in the head: {', '.join(sorted(odd))}")
    shared = _shared_of(lead) if lead else _shared_in(head, source)
    return Guide(
        slug=source.stem,
        language=source.parent.name,
        title=str(head["title"]),
        summary=str(head["summary"]),
        topics=tuple(map(str, head["topics"])),
        text=text,
        source=source,
        **shared,
    )


def _parts(source: Path) -> tuple[dict[str, Any], str]:
    opening, _, rest = source.read_text(encoding="utf-8").partition("---\n")
    head, closing, text = rest.partition("\n---\n")
    if opening or not closing:
        raise GuideProblem(f"{source}: the head stands between two lines of ---")
    try:
        values = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise GuideProblem(f"{source}: the head is not YAML: {error}") from error
    if not isinstance(values, dict):
        raise GuideProblem(f"{source}: the head is not a list of names and values")
    return values, text


def _shared_of(lead: Guide) -> dict[str, Any]:
    return {name: getattr(lead, name) for name in SHARED}


def _shared_in(head: dict[str, Any], source: Path) -> dict[str, Any]:
    if unknown := set(head["audience"]) - set(AUDIENCES):
        raise GuideProblem(f"{source}: unknown audience: {', '.join(sorted(unknown))}")
    return {
        "order": int(head["order"]),
        "audience": tuple(head["audience"]),
        "pages": tuple(head["pages"]),
        "refusals": dict(head.get("refusals", {})),
    }
