"""All guides, read from their files once; finding the ones that fit asks no database."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from alcove.guides.errors import GuideProblem
from alcove.guides.guide import AUDIENCES, LEAD, Guide, read_guide

TEXTS = Path(__file__).resolve().parent / "texts"
LANGUAGES = tuple(sorted(folder.name for folder in TEXTS.iterdir() if folder.is_dir()))

# For whom nobody is signed in: whoever looks for help then is about to become one of these.
VISITORS = ("client", "partner")


@cache
def guides(language: str) -> dict[str, Guide]:
    """By slug, in the order of lists; another language's reader gets the lead language's.

    Raises GuideProblem where a language lacks a guide that the lead has, or has one more.
    """
    if language not in LANGUAGES:
        return guides(LEAD)
    files = {file.stem: file for file in (TEXTS / language).glob("*.md")}
    if language == LEAD:
        found = [read_guide(file) for file in files.values()]
    else:
        leads = guides(LEAD)
        if odd := leads.keys() ^ files.keys():
            raise GuideProblem(f"{language} and {LEAD} differ in: {', '.join(sorted(odd))}")
        found = [read_guide(files[slug], lead) for slug, lead in leads.items()]
    return {guide.slug: guide for guide in sorted(found, key=lambda one: (one.order, one.slug))}


def for_audience(audience: str, language: str) -> list[Guide]:
    """The guides whose readers are first of all these."""
    return [guide for guide in guides(language).values() if guide.audience[0] == audience]


def for_page(view_name: str, readers: Iterable[str], language: str) -> list[Guide]:
    """The guides that help these readers with a page; without one of theirs, anybody's."""
    fitting = [guide for guide in guides(language).values() if view_name in guide.pages]
    own = [guide for guide in fitting if not set(readers).isdisjoint(guide.audience)]
    return own or fitting


def for_refusal(code: str, view_name: str, language: str) -> tuple[Guide, str] | None:
    """The guide that explains an error, and its anchor: the page's own before others, or None."""
    found = [guide for guide in guides(language).values() if code in guide.refusals]
    guide = next((guide for guide in found if view_name in guide.pages), next(iter(found), None))
    return (guide, guide.refusals[code]) if guide else None


def readers_of(person: object) -> tuple[str, ...]:
    """For whom a person reads, as far as it can be told without a question to the database."""
    marks = {"provider": "is_provider", "staff": "is_staff", "admin": "is_admin"}
    found = {name for name, mark in marks.items() if getattr(person, mark, False)}
    if "admin" in found:
        found.add("staff")
    return tuple(name for name in AUDIENCES if name in found) or VISITORS
