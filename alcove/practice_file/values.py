"""How each kind of value is read from the tree: what is right, and what to say when it is not."""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import list_currencies
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from alcove.availability.models import MINUTES_OF_DAY, Modality
from alcove.people.colours import HEX
from alcove.people.zones import is_zone, zone_names
from alcove.practice_file.problems import Problem, Refused, refuse
from alcove.practice_file.tree import Listing, Mapping, Node, Scalar

Reader = Callable[[Node], Any]

TYPES = tuple(str(value) for value in Modality.values)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_YES = {"yes", "true", "on"}
_NO = {"no", "false", "off"}
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SLUG = re.compile(r"[A-Za-z0-9_-]+")
_SPAN = re.compile(r"\s*([0-9:.]+)\s*[-–]\s*([0-9:.]+)\s*(.*)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]+(\d{1,2}:\d{2})([+-]\d{2}:\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of one day in wall minutes, and the session types it is open for."""

    start_minute: int
    end_minute: int
    modalities: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_clock(self.start_minute)}-{_clock(self.end_minute)}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping of the file, read: its values by key, the line of each, and its own line."""

    line: int
    values: dict[str, Any]
    lines: dict[str, int]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str, default: Any = None) -> Any:
        """The value of the key, or the default where the file does not give it."""
        return self.values.get(key, default)

    def line_of(self, key: str) -> int:
        """Where the key stands; the entry's own line where it does not."""
        return self.lines.get(key, self.line)


@dataclass(frozen=True, slots=True)
class Key:
    """How one key is read, and whether it may be left out."""

    read: Reader
    required: bool = False


def guess(word: str, known: Iterable[str]) -> str:
    """A hint at the known word that was probably meant; empty when none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


def entry(keys: dict[str, Key], what: str) -> Reader:
    """A mapping with these keys and no others; all that is wrong in it is reported at once."""

    def read(node: Node) -> Entry:
        if not isinstance(node, Mapping):
            raise refuse(node.line, f"{what} is written as “key: value” lines.")
        found = Entry(node.line, {}, {key: scalar.line for key, scalar in node.keys.items()})
        problems: list[Problem] = []
        for name, value in node.values.items():
            if name not in keys:
                hint = guess(name, keys) or f" It can have: {', '.join(keys)}."
                problems.append(Problem(found.lines[name], f"{what} has no key “{name}”.{hint}"))
                continue
            try:
                found.values[name] = keys[name].read(value)
            except Refused as error:
                prefix = f"{name}: " if isinstance(value, Scalar) else ""
                problems += [Problem(p.line, prefix + p.text) for p in error.problems]
        problems += [
            Problem(node.line, f"{what} needs “{name}”; add it.")
            for name, key in keys.items()
            if key.required and name not in node.values
        ]
        if problems:
            raise Refused(problems)
        return found

    return read


def listing(read: Reader) -> Reader:
    """A list; what is wrong with its items is reported at once."""

    def read_all(node: Node) -> list[Any]:
        if isinstance(node, Scalar) and node.is_null:
            return []
        if not isinstance(node, Listing):
            raise refuse(node.line, "expects a list: each item on a line that begins with “- ”.")
        found: list[Any] = []
        problems: list[Problem] = []
        for item in node.items:
            try:
                found.append(read(item))
            except Refused as error:
                problems += error.problems
        if problems:
            raise Refused(problems)
        return found

    return read_all


def nullable(read: Reader) -> Reader:
    """As ``read``, but nothing (or “null”) takes the value away."""

    def read_or_none(node: Node) -> Any:
        return None if isinstance(node, Scalar) and node.is_null else read(node)

    return read_or_none


def text(most: int) -> Reader:
    """Words, not empty, at most so many characters."""

    def read(node: Node) -> str:
        value = _scalar(node).strip()
        if len(value) > most:
            raise refuse(node.line, f"has {len(value)} characters; at most {most} fit.")
        if "\0" in value:
            raise refuse(node.line, "holds a control character; remove it.")
        return value

    return read


def email(node: Node) -> str:
    """An e-mail address, in lower case."""
    value = _scalar(node).strip().lower()
    try:
        validate_email(value)
    except ValidationError as error:
        raise refuse(node.line, f"“{value}” is not an e-mail address.") from error
    return value


def zone(node: Node) -> str:
    """An IANA time zone."""
    value = _scalar(node).strip()
    if not is_zone(value):
        hint = guess(value, zone_names()) or " Write one such as Europe/Madrid."
        raise refuse(node.line, f"“{value}” is not a time zone.{hint}")
    return value


def reference(most: int) -> Reader:
    """A key of the practice's own: letters, digits, dots and dashes."""
    return _matching(_REFERENCE, most, "letters, digits, “.”, “_” and “-”")


def slug(most: int) -> Reader:
    """A short code: letters, digits, dashes."""
    return _matching(_SLUG, most, "letters, digits, “_” and “-”")


def _matching(pattern: re.Pattern[str], most: int, allowed: str) -> Reader:
    def read(node: Node) -> str:
        value: str = text(most)(node)
        if not pattern.fullmatch(value):
            raise refuse(node.line, f"“{value}” may hold only {allowed}.")
        return value

    return read


def whole(least: int, most: int) -> Reader:
    """A whole number between two others, both included."""

    def read(node: Node) -> int:
        value = _scalar(node)
        if not re.fullmatch(r"-?[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise refuse(node.line, f"“{value}” is not a whole number from {least} to {most}.")
        return int(value)

    return read


def one_of(*choices: object) -> Reader:
    """One of a few words or numbers."""
    known = {str(choice): choice for choice in choices}

    def read(node: Node) -> object:
        value = _scalar(node)
        if value not in known:
            hint = guess(value, known) or f" Write one of: {', '.join(known)}."
            raise refuse(node.line, f"“{value}” is not possible here.{hint}")
        return known[value]

    return read


def link(node: Node) -> str:
    """An address of a web page."""
    value: str = text(300)(node)
    try:
        URLValidator(["https", "http"])(value)
    except ValidationError as error:
        raise refuse(node.line, f"“{value}” is not a web address; write https://….") from error
    return value


def colour(node: Node) -> str:
    """A colour such as #1d6156."""
    value = _scalar(node).strip().lower()
    if not HEX.fullmatch(value):
        raise refuse(node.line, f"“{value}” is not a colour; write it as '#1d6156', with quotes.")
    return value


def yes_or_no(node: Node) -> bool:
    """Yes or no."""
    value = _scalar(node).lower()
    if value not in _YES | _NO:
        raise refuse(node.line, f"“{value}” is neither yes nor no.")
    return value in _YES


def date(node: Node) -> dt.date:
    """A date such as 2026-12-24."""
    return _date(_scalar(node), node.line)


def moment(node: Node) -> dt.datetime:
    """A date with or without a time of day; the wall time, still without its zone.

    An offset tells which of two it is where the clock shows a time twice.
    """
    value = _scalar(node)
    match = _MOMENT.fullmatch(value)
    if not match:
        raise refuse(node.line, f"“{value}” is not a moment; write it as 2026-12-24 13:30.")
    midnight = dt.datetime.combine(_date(match[1], node.line), dt.time())
    wall = midnight + dt.timedelta(minutes=_minute(match[2], node.line) if match[2] else 0)
    return wall.replace(tzinfo=_offset(match[3], node.line)) if match[3] else wall


def amount(node: Node) -> Decimal:
    """A sum of money in whole units of its currency, such as 40 or 37.50."""
    value = _scalar(node)
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("nan")
    if not 0 <= found <= 1_000_000 if found.is_finite() else True:
        raise refuse(node.line, f"“{value}” is not an amount; write it as 40 or 37.50.")
    return found


def currency(node: Node) -> str:
    """An ISO 4217 code."""
    value = _scalar(node).upper()
    if value not in list_currencies():
        raise refuse(node.line, f"“{value}” is not a currency; write a code such as USD or EUR.")
    return value


def types(node: Node) -> tuple[str, ...]:
    """Session types, in the product's order."""
    found = listing(one_of(*TYPES))(node)
    return tuple(kind for kind in TYPES if kind in found)


def offers(node: Node) -> dict[str, list[int]]:
    """The lengths in minutes of each session type, such as ``{video: [30, 45]}``."""
    lengths = Key(listing(whole(5, 240)))
    found: Entry = entry(dict.fromkeys(TYPES, lengths), "an offer")(node)
    return {kind: sorted(set(found[kind])) for kind in TYPES if found.get(kind)}


def day_hours(node: Node) -> tuple[Hours, ...]:
    """The stretches of one day, in order; two that share a session type may not overlap."""
    found: list[tuple[Hours, int]] = sorted(
        listing(lambda item: (hours(item), item.line))(node),
        key=lambda pair: (pair[0].start_minute, pair[0].end_minute),
    )
    problems = [
        Problem(max(line, before), f"{later} overlaps {earlier}; join or separate them.")
        for place, (later, line) in enumerate(found)
        for earlier, before in found[:place]
        if earlier.end_minute > later.start_minute
        and set(earlier.modalities) & set(later.modalities)
    ]
    if problems:
        raise Refused(problems)
    return tuple(stretch for stretch, _line in found)


def hours(node: Node) -> Hours:
    """A stretch such as ``09:00-12:30``, or ``09:00-12:30 video, audio`` for some types only."""
    value = _scalar(node)
    match = _SPAN.fullmatch(value)
    if not match:
        raise refuse(node.line, f"“{value}” is not a stretch of a day; write it as 09:00-12:30.")
    start, end = _minute(match[1], node.line), _minute(match[2], node.line)
    if end <= start:
        raise refuse(
            node.line,
            f"“{value}” ends before it begins; write hours past midnight as two stretches: "
            f"{_clock(start)}-24:00, and 00:00-{_clock(end)} on the next day.",
        )
    words = re.split(r"[,\s]+", match[3].strip()) if match[3].strip() else list(TYPES)
    kinds = types(Listing(node.line, [Scalar(node.line, word) for word in words if word]))
    return Hours(start, end, kinds)


def _scalar(node: Node) -> str:
    if not isinstance(node, Scalar):
        raise refuse(node.line, "expects a single value.")
    if node.is_null or not node.text.strip():
        raise refuse(node.line, "is empty; give a value or leave the key out.")
    return node.text


def _date(value: str, line: int) -> dt.date:
    try:
        found = dt.date.fromisoformat(value)
    except ValueError as error:
        raise refuse(line, f"“{value}” is not a date; write it as 2026-12-24.") from error
    # At the ends of the calendar some zones have no such instant.
    if not 1900 <= found.year <= 2200:
        raise refuse(line, f"“{value}” is not a date from 1900 to 2200.")
    return found


def _minute(value: str, line: int) -> int:
    match = _CLOCK.fullmatch(value)
    minute = int(match[1]) * 60 + int(match[2]) if match else MINUTES_OF_DAY + 1
    if not match or int(match[2]) > 59 or minute > MINUTES_OF_DAY:
        raise refuse(line, f"“{value}” is not a time of day; write 00:00 to 24:00, as 09:30.")
    return minute


def _offset(value: str, line: int) -> dt.timezone:
    hours, minutes = int(value[1:3]), int(value[4:])
    if hours > 14 or minutes > 59:
        raise refuse(line, f"“{value}” is not an offset from UTC; write it as +01:00.")
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if value[0] == "-" else offset)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
