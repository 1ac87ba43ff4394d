"""The main navigation, and what every page knows about the practice and the reader."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alcove.booking.desk import Desk, desk_of
from alcove.booking.models import Appointment
from alcove.booking.queries import disputes, open_doors
from alcove.core import clock
from alcove.notifications.queries import practice_with_unseen
from alcove.people.crisis import keep
from alcove.people.models import Person, Practice
from alcove.support.context import page_of
from alcove.support.models import SupportRequest

# So many stand in a phone's bar with their labels whole; of more, the rest lies under More.
IN_A_BAR = 6

# Steps of booking that may ask only so much of the database: they do not count the news.
WITHOUT_COUNT = {"booking:new_time", "booking:reschedule"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the main navigation."""

    url: str
    label: str
    icon: str
    is_current: bool = False
    badge: int | None = None
    # Under More on phones.
    is_further: bool = False


@dataclass(frozen=True, slots=True)
class Further:
    """What a phone's bar has no room for; on wide screens it stands with the others."""

    entries: list[Entry]

    @property
    def is_current(self) -> bool:
        """Whether the page at hand lies under one of them."""
        return any(entry.is_current for entry in self.entries)

    @property
    def badge(self) -> int:
        """How many things wait under all of them."""
        return sum(entry.badge or 0 for entry in self.entries)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for every page, read only where it is shown: error pages ask the database nothing."""

    # One statement for both; read when a page first needs either.
    @cache
    def known() -> tuple[Practice, int]:
        found = practice_and_unseen(request)
        keep(found[0])
        return found

    # Any: a lazy object stands for what it will be.
    practice: Any = SimpleLazyObject(lambda: known()[0])
    desk: Any = SimpleLazyObject(lambda: desk_at(request))

    def unseen() -> int:
        match = request.resolver_match
        return 0 if match is None or match.view_name in WITHOUT_COUNT else known()[1]

    # Any: a lazy object stands for what it will be.
    bar: Any = SimpleLazyObject(lambda: entries(request, desk, unseen))
    return {
        "navigation": bar,
        "navigation_further": SimpleLazyObject(lambda: further(bar)),
        "desk": desk,
        "open_doors": SimpleLazyObject(lambda: doors_at(request, practice)),
        "practice_name": SimpleLazyObject(lambda: str(practice.name)),
        "practice_policy": SimpleLazyObject(
            lambda: practice.text_in(get_language() or "en", "policy_text")
        ),
        "colours_url": SimpleLazyObject(lambda: colours_url(practice)),
        "logo_url": SimpleLazyObject(lambda: logo_url(practice)),
        "crisis_url": reverse("crisis"),
        "time_zone_url": reverse("people:switch_zone"),
        "support_url": support_url(request),
    }


def colours_url(practice: Practice) -> str:
    """Where the practice's own colours are; empty where it has ours."""
    if not practice.has_accent:
        return ""
    colours = [practice.accent_light.removeprefix("#"), practice.accent_dark.removeprefix("#")]
    return reverse("look_colours", args=colours)


def logo_url(practice: Practice) -> str:
    """Where the practice's logo is; empty where it has none."""
    return reverse("look_logo", args=[practice.logo_digest]) if practice.logo_digest else ""


def support_url(request: HttpRequest) -> str:
    """Where to ask for help with this page; there itself nothing more is asked."""
    match = request.resolver_match
    if match is None or match.namespace == "ask":
        return ""
    return f"{reverse('ask:form')}?{urlencode({'from': page_of(request.path)})}"


def practice_and_unseen(request: HttpRequest) -> tuple[Practice, int]:
    """The practice, and how many news the reader has not seen; not counted where it is at hand."""
    person = getattr(request, "user", None)
    at_hand: Practice | None = getattr(request, "practice", None)
    if at_hand is not None:
        return at_hand, 0
    if person is None or not person.is_authenticated:
        return Practice.load(), 0
    return practice_with_unseen(person)


def desk_at(request: HttpRequest) -> Desk | None:
    """What waits for the reader as a provider; None for everybody else."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or not person.is_provider:
        return None
    return desk_of(person, clock.now())


def doors_at(request: HttpRequest, practice: Practice) -> list[Appointment]:
    """The reader's sessions that can be joined now; one statement, on pages that show them."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return []
    return list(open_doors(person, practice, clock.now()))


def entries(
    request: HttpRequest, desk: Desk | None, unseen: Callable[[], int] = lambda: 0
) -> list[Entry]:
    """What the signed-in person can open, in order; nothing for others."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return []
    found = list(_open_to(person, desk, unseen))
    # The longest address that leads here is the one: Requests lies below Schedule.
    here = [entry.url for entry in found if request.path.startswith(entry.url)]
    current = max(here, key=len, default="")
    room = len(found) if len(found) <= IN_A_BAR else IN_A_BAR - 1
    return [
        replace(entry, is_current=entry.url == current, is_further=place >= room)
        for place, entry in enumerate(found)
    ]


def further(found: list[Entry]) -> Further | None:
    """What lies under More on phones; None where the bar holds all."""
    left = [entry for entry in found if entry.is_further]
    return Further(left) if left else None


def _open_to(person: Person, desk: Desk | None, unseen: Callable[[], int]) -> list[Entry]:
    found = [Entry(reverse("booking:schedule"), _("Schedule"), "calendar")]
    if person.is_provider:
        waiting = (desk.waiting if desk else 0) or None
        found.append(Entry(reverse("booking:requests"), _("Requests"), "inbox", badge=waiting))
        found.append(Entry(reverse("availability:hours"), _("Hours"), "hours"))
    found.append(Entry(reverse("rooms:list"), _("Rooms"), "room"))
    found.append(Entry(reverse("notifications:news"), _("News"), "bell", badge=unseen() or None))
    if person.is_staff or person.is_admin:
        asked = SupportRequest.objects.filter(state=SupportRequest.State.OPEN).count()
        waiting = disputes().filter(decided_at=None).count() + asked or None
        found.append(Entry(reverse("desk:home"), _("Support desk"), "people", badge=waiting))
    if person.is_admin:
        found.append(Entry(reverse("practice:home"), _("Practice"), "shield"))
    found.append(Entry(reverse("people:settings"), _("Settings"), "settings"))
    return found
