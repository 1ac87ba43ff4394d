"""How somebody wants to be told, and when not."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from alcove.notifications.errors import EmptyQuietHours, UnknownLead
from alcove.notifications.kinds import LEADS, NEVER_OFFERED, Channel, Kind
from alcove.notifications.models import Preferences, SwitchedOff
from alcove.people.models import Person

Quiet = tuple[dt.time, dt.time]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody chose; ``offered`` are the kinds they could choose about."""

    offered: Collection[Kind]
    wanted: Collection[tuple[Kind, Channel]]
    lead_minutes: Collection[int]
    quiet: Quiet | None
    is_discreet: bool


@transaction.atomic
def change_preferences(*, actor: Person, wishes: Wishes, now: dt.datetime) -> None:
    """Set how the actor is told; kinds that were not offered to them stay as they were.

    Raises UnknownLead, or EmptyQuietHours for hours that end when they begin.
    """
    leads = sorted(wishes.lead_minutes, reverse=True)
    if not set(leads) <= set(LEADS):
        raise UnknownLead
    if wishes.quiet is not None and wishes.quiet[0] == wishes.quiet[1]:
        raise EmptyQuietHours
    _switch(actor, wishes)
    before = Preferences.of(actor)
    Preferences.objects.update_or_create(
        person=actor,
        defaults={
            "is_discreet": wishes.is_discreet,
            "lead_minutes": leads,
            "leads_chosen_at": (before.leads_chosen_at if leads == before.lead_minutes else now),
            "quiet_from": wishes.quiet[0] if wishes.quiet else None,
            "quiet_until": wishes.quiet[1] if wishes.quiet else None,
        },
    )


def _switch(actor: Person, wishes: Wishes) -> None:
    """Keep a row for each channel of an offered kind that is not wanted."""
    SwitchedOff.objects.filter(person=actor, kind__in=wishes.offered).delete()
    SwitchedOff.objects.bulk_create(
        [
            SwitchedOff(person=actor, kind=kind, channel=channel)
            for kind in wishes.offered
            for channel in Channel
            if (kind, channel) not in wishes.wanted and (kind, channel) not in NEVER_OFFERED
        ],
        ignore_conflicts=True,
    )
