"""People's words as HTML: escaped, with the addresses in them made into links."""

import re

from django import template
from django.utils.html import Urlizer, escape
from django.utils.safestring import SafeString, mark_safe

from alcove.core.folding import fold

register = template.Library()


class _Linker(Urlizer):
    """Links that tell the other site nothing and lend it no weight."""

    url_template = '<a href="{href}" rel="noopener nofollow"{attrs}>{url}</a>'


_link = _Linker()


@register.filter(is_safe=True)
def linked(text: str) -> SafeString:
    """The text with everything escaped but the links around its addresses.

    ``str`` first: text that somebody marked as safe is escaped all the same.
    """
    return mark_safe(_link("".join(text), autoescape=True))


SHOWN_AROUND = 100


@register.filter(is_safe=True)
def around(text: str, words: str) -> SafeString:
    """The part of a text around the first of some words that it has, these words marked."""
    terms = fold(words).split()
    tokens = re.split(r"(\s+)", text)
    hits = [any(term in fold(token) for term in terms) for token in tokens]
    first = hits.index(True) if True in hits else 0
    start, shown = first, 0
    while start > 0 and shown < SHOWN_AROUND:
        start -= 1
        shown += len(tokens[start])
    parts, shown = ["… "] if start > 0 else [], 0
    for token, is_hit in zip(tokens[start:], hits[start:], strict=True):
        if shown > 3 * SHOWN_AROUND:
            parts.append(" …")
            break
        parts.append(f"<mark>{escape(token)}</mark>" if is_hit else escape(token))
        shown += len(token)
    return mark_safe("".join(parts))
