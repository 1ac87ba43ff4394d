"""From the bytes of a practice file to its entries, all of them checked against each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from alcove.practice_file.problems import Problem, Refused
from alcove.practice_file.schema import FILE
from alcove.practice_file.tree import read_tree
from alcove.practice_file.values import Entry, entry, guess


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has already, for entries to refer to."""

    people: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PracticeFile:
    """The entries of one file, in its order."""

    practice: Entry | None = None
    reasons: list[Entry] = field(default_factory=list)
    plans: list[Entry] = field(default_factory=list)
    people: list[Entry] = field(default_factory=list)
    calendars: list[Entry] = field(default_factory=list)
    rooms: list[Entry] = field(default_factory=list)


def read_file(content: bytes, known: Known) -> PracticeFile:
    """The file's entries; Refused names everything that is wrong with them, by line."""
    sections: Entry = entry(FILE, "a practice file")(read_tree(content))
    file = PracticeFile(
        practice=sections.get("practice"),
        reasons=sections.get("cancellation_reasons", []),
        plans=sections.get("plans", []),
        people=sections.get("people", []),
        calendars=sections.get("calendars", []),
        rooms=sections.get("rooms", []),
    )
    problems = [*_repetitions(file), *_references(file, known), *_rooms(file), *_calendars(file)]
    if problems:
        raise Refused(problems)
    return file


def _repetitions(file: PracticeFile) -> Iterator[Problem]:
    yield from _repeated(file.reasons, "en", "reason")
    yield from _repeated(file.plans, "code", "plan")
    yield from _repeated(file.people, "email", "person")
    yield from _repeated(file.calendars, "provider", "calendar")
    yield from _repeated(file.rooms, "ref", "room")
    for calendar in file.calendars:
        yield from _repeated(calendar.get("overrides", []), "date", "override")
    for room in file.rooms:
        yield from _repeated(room.get("credits", []), "reference", "grant of credits")


def _repeated(entries: Iterable[Entry], key: str, what: str) -> Iterator[Problem]:
    first: dict[object, int] = {}
    for one in entries:
        line = one.line_of(key)
        if one[key] in first:
            yield Problem(
                line, f"{what} “{one[key]}” stands in line {first[one[key]]} already; keep one."
            )
        first.setdefault(one[key], line)


def _references(file: PracticeFile, known: Known) -> Iterator[Problem]:
    people = known.people | {person["email"] for person in file.people}
    demoted = {
        person["email"]
        for person in file.people
        if "roles" in person and "provider" not in person["roles"]
    }
    providers = (known.providers - demoted) | {
        person["email"] for person in file.people if "provider" in person.get("roles", [])
    }
    plans = known.plans | {plan["code"] for plan in file.plans}
    for one in (*file.calendars, *file.rooms):
        for key in ("owner", "partner", "provider"):
            if key in one and one[key] not in people:
                yield Problem(
                    one.line_of(key),
                    f"nobody has the address {one[key]}; add them under people."
                    f"{guess(one[key], people)}",
                )
            elif (
                key == "provider"
                and one[key] not in providers
                # Who was a provider once keeps the rooms that are closed.
                and one.get("state") != "closed"
            ):
                yield Problem(
                    one.line_of(key),
                    f"{one[key]} is no provider; give them “roles: [provider]” under people.",
                )
    for room in file.rooms:
        if "plan" in room and room["plan"] not in plans:
            yield Problem(
                room.line_of("plan"),
                f"there is no plan “{room['plan']}”; add it under plans."
                f"{guess(room['plan'], plans)}",
            )


def _rooms(file: PracticeFile) -> Iterator[Problem]:
    for room in file.rooms:
        # A room without a plan has neither of the two.
        for key, other in (("plan", "starts_on"), ("starts_on", "plan")):
            if key not in room and other in room:
                yield Problem(room.line, f"a room needs “{key}”; add it.")
        people = [room[key] for key in ("owner", "partner", "provider") if key in room]
        if len(set(people)) < len(people):
            yield Problem(room.line, "owner, partner and provider are different people.")
        if "partner" in room and room.get("kind") != "couples":
            yield Problem(
                room.line_of("partner"),
                "only a couples room has a partner; add “kind: couples” or leave them out.",
            )
        if room.get("ends_on") and room["ends_on"] <= room["starts_on"]:
            yield Problem(
                room.line_of("ends_on"), "ends_on, the first day not covered, is after starts_on."
            )


def _calendars(file: PracticeFile) -> Iterator[Problem]:
    for calendar in file.calendars:
        for off in calendar.get("time_off", []):
            # With an offset it is no wall time; the writer compares the instants.
            is_wall = off["until"].tzinfo is None and off["from"].tzinfo is None
            if is_wall and off["until"] <= off["from"]:
                yield Problem(off.line_of("until"), "until is not after from.")
