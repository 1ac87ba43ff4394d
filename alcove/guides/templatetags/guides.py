"""Links from pages, and from what a page refuses, to the guides that help."""

from typing import Any

from django import template
from django.utils.translation import get_language

from alcove.guides import library
from alcove.guides.addresses import address_of
from alcove.guides.guide import Guide

register = template.Library()


@register.filter
def guide_url(guide: Guide, language: str = "") -> str:
    """Where the guide is shown; in the reader's own language unless one is named."""
    return address_of(guide, language)


@register.simple_tag
def guide_address(slug: str, anchor: str = "") -> str:
    """Where this guide stands, in the reader's language; a slug of no guide is a KeyError."""
    return address_of(library.guides(get_language() or "")[slug], anchor=anchor)


@register.simple_tag(takes_context=True)
def guides_here(context: dict[str, Any]) -> list[Guide]:
    """The guides that help the reader with the page at hand; none where no request is known."""
    view_name = _page_at(context)
    if not view_name:
        return []
    readers = library.readers_of(getattr(context["request"], "user", None))
    return library.for_page(view_name, readers, get_language() or "")


@register.inclusion_tag("guides/_refusal.html", takes_context=True)
def help_with(context: dict[str, Any], error: object) -> dict[str, Any]:
    """A link to the guide that explains a refusal; nothing where no guide does."""
    code = getattr(error, "code", "")
    found = library.for_refusal(code, _page_at(context), get_language() or "")
    if found is None:
        return {}
    guide, anchor = found
    return {"guide": guide, "url": address_of(guide, anchor=anchor)}


def _page_at(context: dict[str, Any]) -> str:
    """The name of the address that was asked for; none where no request is known."""
    match = getattr(context.get("request"), "resolver_match", None)
    return match.view_name if match else ""
