"""The main navigation, and what every page knows about the practice and the reader."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from alcove.booking.queries import requests_for
from alcove.people.models import Person, Practice


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the main navigation."""

    url: str
    label: str
    icon: str
    is_current: bool = False
    badge: int | None = None


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for every page, read only where it is shown: error pages ask the database nothing."""
    practice = SimpleLazyObject(Practice.load)
    return {
        "navigation": SimpleLazyObject(lambda: entries(request)),
        "practice_name": SimpleLazyObject(lambda: str(practice.name)),
        "crisis_url": reverse("crisis"),
        "time_zone_url": reverse("people:switch_zone"),
    }


def entries(request: HttpRequest) -> list[Entry]:
    """What the signed-in person can open, in order; nothing for others."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return []
    found = list(_open_to(person))
    # The longest address that leads here is the one: Requests lies below Schedule.
    here = [entry.url for entry in found if request.path.startswith(entry.url)]
    current = max(here, key=len, default="")
    return [
        Entry(entry.url, entry.label, entry.icon, entry.url == current, entry.badge)
        for entry in found
    ]


def _open_to(person: Person) -> list[Entry]:
    found = [Entry(reverse("booking:schedule"), _("Schedule"), "calendar")]
    if person.is_provider:
        waiting = requests_for(person).count() or None
        found.append(Entry(reverse("booking:requests"), _("Requests"), "inbox", badge=waiting))
        found.append(Entry(reverse("availability:hours"), _("Hours"), "hours"))
    found.append(Entry(reverse("rooms:list"), _("Rooms"), "room"))
    if person.is_staff or person.is_admin:
        found.append(Entry(reverse("support:outbox"), _("Outbox"), "mail"))
    found.append(Entry(reverse("people:settings"), _("Settings"), "settings"))
    return found
