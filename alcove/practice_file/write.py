"""Writing the practice as one file, which an empty database takes over to be the same practice.

It holds what is set up: settings, reasons, plans, people, hours, rooms, extra credits that a file
gave. What happened (sessions, messages, the ledger, payments, the audit log) is no set-up: a backup
keeps it.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel.numbers import get_currency_precision

from alcove.availability.models import AvailabilityRule, DateOverride, ProviderCalendar, TimeOff
from alcove.billing.models import CreditEntry, Plan
from alcove.booking.models import CancellationReason
from alcove.people.models import Person, Practice
from alcove.people.roles import roles_of
from alcove.practice_file.schema import AMOUNTS, CALENDAR, PLAN, PRACTICE, RENAMED
from alcove.practice_file.values import TYPES, WEEKDAYS
from alcove.rooms.models import Membership, Room

Written = dict[str, Any]


def export_practice() -> str:
    """The practice file of what is set up now, as YAML."""
    practice = Practice.load()
    file: Written = {
        "practice": {key: _given(getattr(practice, key)) for key in PRACTICE},
        "cancellation_reasons": [
            {"en": reason.text_en, "es": reason.text_es}
            for reason in CancellationReason.objects.filter(retired_at=None)
        ],
        "plans": [_plan(plan) for plan in Plan.objects.filter(replaced_by=None).order_by("code")],
        # Whoever was invited and has no name yet is in no room, and is invited anew.
        "people": [_person(person) for person in Person.objects.exclude(name="").order_by("email")],
        "calendars": list(_calendars()),
        "rooms": list(_rooms(practice)),
    }
    return yaml.dump(
        {key: value for key, value in file.items() if value},
        Dumper=_Plain,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )


class _Plain(yaml.SafeDumper):
    """Yes and no as the file's readers write them, and nothing that stands for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write what is the same twice in full: our reader knows no aliases."""
        return True


def _write_bool(dumper: _Plain, value: bool) -> yaml.Node:  # noqa: FBT001 - as yaml calls it
    return dumper.represent_scalar("tag:yaml.org,2002:bool", "yes" if value else "no")


def _write_amount(dumper: _Plain, value: Decimal) -> yaml.Node:
    text = f"{value:f}"
    # By the kind that its digits have, or the tag itself would be written: a yen has no fraction.
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


_Plain.add_representer(bool, _write_bool)
_Plain.add_representer(Decimal, _write_amount)


def _given(value: Any) -> Any:
    """Nothing for an empty text: the file says that with null."""
    return None if value == "" else value


def _plan(plan: Plan) -> Written:
    written: Written = {}
    for key in PLAN:
        if key in AMOUNTS:
            minor = getattr(plan, AMOUNTS[key])
            places = get_currency_precision(plan.currency)
            written[key] = None if minor is None else Decimal(minor).scaleb(-places)
        else:
            written[key] = getattr(plan, RENAMED.get(key, key))
    if plan.late_rule != "fee":
        written.pop("late_fee", None)
    return written


def _person(person: Person) -> Written:
    return {
        "email": person.email,
        "name": person.name,
        "time_zone": person.time_zone,
        "language": person.language,
        "roles": roles_of(person),
        "active": person.is_active,
    }


def _calendars() -> Iterator[Written]:
    rows = (
        ProviderCalendar.objects.filter(provider__is_provider=True)
        .select_related("provider")
        .prefetch_related("rules", "overrides", "time_off")
    )
    for row in rows.order_by("provider__email"):
        plain = set(CALENDAR) - {"provider", "hours", "overrides", "time_off"}
        yield {
            "provider": row.provider.email,
            **{key: _given(getattr(row, key)) for key in CALENDAR if key in plain},
            "hours": {
                day: [_stretch(rule) for rule in row.rules.all() if rule.weekday == number]
                for number, day in enumerate(WEEKDAYS)
            },
            "overrides": _overrides(list(row.overrides.all())),
            "time_off": [_time_off(one, row) for one in row.time_off.all()],
        }


def _overrides(rows: list[DateOverride]) -> list[Written]:
    dates: dict[dt.date, list[str]] = {}
    for row in rows:
        hours = dates.setdefault(row.date, [])
        if row.start_minute is not None:
            hours.append(_stretch(row))
    return [{"date": date, "hours": hours} for date, hours in dates.items()]


def _stretch(row: AvailabilityRule | DateOverride) -> str:
    start, end = row.start_minute, row.end_minute
    assert start is not None
    assert end is not None
    kinds = [kind for kind in TYPES if kind in row.modalities]
    only = "" if len(kinds) == len(TYPES) else " " + ", ".join(kinds)
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}{only}"


def _time_off(row: TimeOff, calendar: ProviderCalendar) -> Written:
    start, end = (wall_time(at, calendar.zone) for at in (row.starts_at, row.ends_at))
    return {"from": start, "until": end, **({"note": row.note} if row.note else {})}


def wall_time(instant: dt.datetime, zone: ZoneInfo) -> str:
    """The time on the zone's clock; with its offset where the clock shows it twice."""
    wall = instant.astimezone(zone)
    is_shown_twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    offset = wall.isoformat()[-6:] if is_shown_twice else ""
    return f"{wall:%Y-%m-%d %H:%M}{offset}"


def _rooms(practice: Practice) -> Iterator[Written]:
    partners = dict(
        Membership.objects.filter(role=Membership.Role.PARTNER).values_list(
            "room_id", "person__email"
        )
    )
    gifts: dict[int, list[CreditEntry]] = {}
    for gift in CreditEntry.objects.filter(cause__startswith="import:").order_by("id"):
        gifts.setdefault(gift.room_id, []).append(gift)
    rows = Room.objects.select_related("owner", "provider", "entitlement__plan").order_by("id")
    for room in rows.iterator(chunk_size=1000):
        ref = room.reference or room.code
        covered = getattr(room, "entitlement", None)
        state = covered.state if covered else None
        yield {
            "ref": ref,
            "kind": room.kind,
            "owner": room.owner.email,
            **({"partner": partners[room.pk]} if room.pk in partners else {}),
            "provider": room.provider.email,
            **(
                {
                    "plan": covered.plan.code,
                    "starts_on": covered.starts_on,
                    "ends_on": covered.ends_on,
                }
                if covered
                else {}
            ),
            **({"state": "closed"} if room.closed_at else {"state": state} if state else {}),
            "credits": [_gift(gift, ref, practice) for gift in gifts.get(room.pk, [])],
        }


def _gift(gift: CreditEntry, ref: str, practice: Practice) -> Written:
    ends = gift.expires_at and gift.expires_at.astimezone(practice.zone)
    return {
        "reference": gift.cause.removeprefix(f"import:{ref}:"),
        "count": gift.available,
        "expires_on": ends.date() if ends else None,
    }
