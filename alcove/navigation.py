"""The main navigation, and what every page knows about the practice and the reader."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from alcove.booking.queries import requests_for
from alcove.people.models import Practice


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the main navigation."""

    url: str
    label: str
    icon: str
    is_current: bool
    badge: int | None = None


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for every page: navigation, practice name, crisis link; lazy, so that pages
    which show none of it ask the database nothing.
    """
    practice = SimpleLazyObject(Practice.load)
    return {
        "navigation": SimpleLazyObject(lambda: entries(request)),
        "practice": practice,
        "practice_name": SimpleLazyObject(lambda: str(practice.name)),
        "crisis_url": "/crisis/",
    }


def entries(request: HttpRequest) -> list[Entry]:
    """What the signed-in person can open, in order; nothing for others."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return []
    found = [_entry(request, "booking:schedule", _("Schedule"), "calendar")]
    if person.is_provider:
        found.append(
            _entry(
                request,
                "booking:requests",
                _("Requests"),
                "inbox",
                badge=requests_for(person).count() or None,
            )
        )
        found.append(_entry(request, "availability:hours", _("Hours"), "hours"))
    found.append(_entry(request, "rooms:list", _("Rooms"), "room"))
    if person.is_staff:
        found.append(_entry(request, "support:outbox", _("Outbox"), "mail"))
    found.append(_entry(request, "people:settings", _("Settings"), "settings"))
    return found


def _entry(
    request: HttpRequest, name: str, label: str, icon: str, badge: int | None = None
) -> Entry:
    url = reverse(name)
    return Entry(url, label, icon, is_current=request.path.startswith(url), badge=badge)
