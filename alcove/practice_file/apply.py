"""Writing a practice file into the database: all of it or nothing, and twice the same as once.

What the file names is added or brought to what it says; what it does not name stays. Nothing is
deleted, save hours and overrides of a day whose hours the file gives anew.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q

from alcove.billing.actions.change_plan import next_version
from alcove.billing.actions.reprice import reprice_subscriptions
from alcove.billing.errors import PlanIsFixed
from alcove.billing.models import Plan
from alcove.booking.actions.call_off import to_come
from alcove.booking.models import CancellationReason
from alcove.core import events
from alcove.core.money import NoSuchAmount, to_minor
from alcove.people.actions.trust_address import trust_addresses
from alcove.people.colours import require_readable
from alcove.people.errors import AccentUnreadable
from alcove.people.models import Person, Practice
from alcove.practice_file.calendars import CalendarWriter
from alcove.practice_file.problems import Problem, Refused, refuse
from alcove.practice_file.read import Known, PracticeFile, read_file
from alcove.practice_file.rooms import RoomWriter
from alcove.practice_file.rows import bring_to
from alcove.practice_file.schema import AMOUNTS, RENAMED
from alcove.practice_file.summary import Outcome, Summary
from alcove.practice_file.values import Entry
from alcove.rooms.models import Room

IMPORTED = "practice.imported"


@transaction.atomic
def import_practice(content: bytes, *, now: dt.datetime, actor: Person | None = None) -> Summary:
    """Take over a practice file and say what changed; Refused changes nothing.

    Without an ``actor`` it is the system: somebody with the server's command line. The practice is
    never left without an admin who had one.
    """
    had_admin = _has_admin()
    file = read_file(content, known())
    importer = _Importer(now)
    importer.take(file)
    if importer.problems:
        raise Refused(importer.problems)
    if had_admin and not _has_admin():
        line = file.people[0].line if file.people else 1
        raise refuse(line, "people: this would leave the practice without an active admin.")
    if importer.summary.changes:
        events.record(
            IMPORTED,
            subject="practice",
            actor=actor.key if actor else events.SYSTEM,
            now=now,
            data={kind: dict(count) for kind, count in importer.summary.counts.items()},
        )
    return importer.summary


def _has_admin() -> bool:
    return Person.objects.filter(is_admin=True, is_active=True).exists()


def known() -> Known:
    """What the entries of a file may refer to without the file naming it."""
    people = dict(Person.objects.values_list("email", "is_provider"))
    return Known(
        people=frozenset(people),
        providers=frozenset(email for email, is_provider in people.items() if is_provider),
        plans=frozenset(Plan.objects.values_list("code", flat=True)),
    )


class _Importer:
    """One import: writes section by section and collects what the database says against it."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.summary = Summary()
        self.problems: list[Problem] = []
        # Whom the file takes something away from; judged once its rooms are written.
        self.shut_out: list[tuple[Person, Entry]] = []
        self.no_providers: list[tuple[Person, Entry]] = []

    def take(self, file: PracticeFile) -> None:
        if file.practice is not None:
            self._practice(file.practice)
        practice = Practice.load()
        self._reasons(file.reasons)
        self._plans(file.plans)
        self._people(file.people, practice)
        if self.problems:
            return  # what follows refers to rows that could not be written
        everybody = {person.email: person for person in Person.objects.all()}
        calendars = CalendarWriter(everybody)
        for entry in file.calendars:
            self._note("calendars", partial(calendars.write, entry), named(entry))
        rooms = RoomWriter(everybody, practice, self.now)
        for entry in file.rooms:
            self._note("rooms", partial(rooms.write, entry), named(entry))
            for grant in entry.get("credits", []):
                self._note("grants of credits", partial(rooms.grant, entry, grant), named(grant))
        self.problems += [*self._left_with_sessions(), *self._left_with_rooms()]

    def _left_with_sessions(self) -> Iterator[Problem]:
        for person, entry in self.shut_out:
            theirs = Room.objects.filter(Q(owner=person) | Q(provider=person), closed_at=None)
            if to_come(theirs, self.now).exists():
                yield Problem(
                    entry.line_of("active"),
                    f"{person.email} has coming sessions; deactivate them on their page, where these "
                    "are cancelled and everybody is told, or when there are none.",
                )

    def _left_with_rooms(self) -> Iterator[Problem]:
        for person, entry in self.no_providers:
            if Room.objects.filter(provider=person, closed_at=None).exists():
                yield Problem(
                    entry.line_of("roles"),
                    f"{person.email} has open rooms as a provider; close these rooms first.",
                )

    def _note(self, kind: str, write: Callable[[], Outcome], what: str = "") -> None:
        try:
            self.summary.note(kind, write(), what)
        except Refused as error:
            self.problems += error.problems

    def _bring(self, kind: str, row: models.Model, values: dict[str, Any], entry: Entry) -> None:
        self._note(kind, partial(bring_to, row, values, line=entry.line), named(entry))

    def _practice(self, entry: Entry) -> None:
        # Nothing takes a text away.
        values = {key: "" if value is None else value for key, value in entry.values.items()}
        row = Practice.objects.filter(pk=Practice.ONLY).first() or Practice()
        light, dark = (
            values.get(key, getattr(row, key)) for key in ("accent_light", "accent_dark")
        )
        if light and dark:
            try:
                require_readable(light, dark)
            except AccentUnreadable as error:
                key = f"accent_{error.data['theme']}"
                raise refuse(entry.line_of(key), f"{key}: {error}") from error
        self._bring("practice", row, values, entry)

    def _reasons(self, entries: list[Entry]) -> None:
        # A retired one is brought back, unless the list has the same words anew.
        reasons = CancellationReason.objects.order_by(F("retired_at").asc(nulls_first=True))
        stored = {reason.text_en: reason for reason in reversed(reasons)}
        for position, entry in enumerate(entries):
            row = stored.get(entry["en"]) or CancellationReason()
            values = {"text_en": entry["en"], "text_es": entry["es"], "position": position}
            if row.retired_at:
                values["retired_at"] = None
            self._bring("cancellation reasons", row, values, entry)

    def _plans(self, entries: list[Entry]) -> None:
        stored = {plan.code: plan for plan in Plan.objects.filter(replaced_by=None)}
        for entry in entries:
            row = stored.get(entry["code"]) or Plan()
            self._note("plans", partial(_bring_plan, row, entry, self.now), named(entry))

    def _people(self, entries: list[Entry], practice: Practice) -> None:
        stored = {person.email: person for person in Person.objects.all()}
        written: list[Person] = []
        for entry in entries:
            row = stored.get(entry["email"])
            values = person_values(entry)
            if row is None:
                row = Person(joined_at=self.now, time_zone=practice.time_zone)
                row.set_unusable_password()
            if row.is_active and values.get("is_active") is False:
                self.shut_out.append((row, entry))
            if row.is_provider and values.get("is_provider") is False:
                self.no_providers.append((row, entry))
            self._bring("people", row, values, entry)
            written.append(row)
        if not self.problems:
            trust_addresses(people=written)


def named(entry: Entry) -> str:
    """The word by which the file knows an entry."""
    for key in ("email", "ref", "code", "reference", "provider", "en", "name"):
        if key in entry:
            return str(entry[key])
    return ""


def _bring_plan(row: Plan, entry: Entry, now: dt.datetime) -> Outcome:
    """Make or change the plan; one that rooms have gets a next version."""
    values = plan_values(entry, row)
    changed = [field for field, value in values.items() if getattr(row, field) != value]
    if changed and not row._state.adding:  # noqa: SLF001 - as in rows.py
        try:
            row = next_version(row, changed, now=now)
        except PlanIsFixed as error:
            raise refuse(entry.line, str(error)) from error
    outcome = bring_to(row, values, line=entry.line)
    if outcome == "changed" and "price_minor" in changed:
        reprice_subscriptions(row, actor=None, now=now)
    return outcome


def plan_values(entry: Entry, row: Plan) -> dict[str, Any]:
    """The fields of a plan."""
    values = {key: value for key, value in entry.values.items() if key not in AMOUNTS}
    for key, field in RENAMED.items():
        if key in values:
            values[field] = values.pop(key)
    currency = values.get("currency", row.currency)
    for key, field in AMOUNTS.items():
        if key in entry:
            values[field] = _minor(entry, key, currency)
    fee = values.get("late_fee_minor", row.late_fee_minor)
    if values.get("late_rule", row.late_rule) == "fee" and not fee:
        raise refuse(entry.line_of("late_rule"), "late_rule: a fee needs “late_fee”; add it.")
    return values


def _minor(entry: Entry, key: str, currency: str) -> int | None:
    if entry[key] is None:
        return None
    try:
        return to_minor(entry[key], currency)
    except NoSuchAmount as error:
        raise refuse(entry.line_of(key), f"{key}: {currency} has no such fraction.") from error


def person_values(entry: Entry) -> dict[str, Any]:
    """The fields of a person; an admin is staff too."""
    values = {key: entry[key] for key in ("email", "name", "time_zone", "language") if key in entry}
    if "active" in entry:
        values["is_active"] = entry["active"]
    if "roles" in entry:
        roles = set(entry["roles"])
        values |= {
            "is_provider": "provider" in roles,
            "is_staff": bool(roles & {"staff", "admin"}),
            "is_admin": "admin" in roles,
        }
    return values
