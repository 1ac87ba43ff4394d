"""Parts of a page that floors above it, or beside it, add to it.

A page asks ``panels_of`` by its name and hands over what it is about; whoever has something to say
about that has registered with ``adds_to`` and answers with a template and its context.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Panel:
    """One part: a template, and what it needs."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


# Any: each page says what it is about; None where it is about nothing in particular.
Adder = Callable[[Any, dt.datetime], Panel | None]
_adders: dict[str, list[Adder]] = defaultdict(list)


def adds_to(page: str) -> Callable[[Adder], Adder]:
    """Register the decorated function ``(thing, now)``, which gives a part of this page or None."""

    def register(adder: Adder) -> Adder:
        if adder not in _adders[page]:
            _adders[page].append(adder)
        return adder

    return register


def panels_of(page: str, thing: Any, now: dt.datetime) -> list[Panel]:
    """Every part that somebody adds to this page now, in the order of their registering."""
    found = (adder(thing, now) for adder in _adders[page])
    return [panel for panel in found if panel is not None]
