"""A small reader of iCalendar text, written apart from the library that writes it (RFC 5545)."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One content line: its value and parameters (section 3.1)."""

    value: str
    parameters: dict[str, str]

    @property
    def instant(self) -> dt.datetime:
        """A date with UTC time (section 3.3.5, form 2); any other form is refused."""
        return dt.datetime.strptime(self.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class ReadCalendar:
    """The properties of a VCALENDAR and of the one VEVENT in it."""

    calendar: dict[str, Line]
    event: dict[str, Line]


def read(text: str) -> ReadCalendar:
    """Read a calendar with one event; refuses bare line feeds and lines over 75 octets."""
    assert text.endswith("\r\n")
    physical = text.split("\r\n")[:-1]
    assert all("\n" not in line and len(line.encode()) <= 75 for line in physical)
    calendar: dict[str, Line] = {}
    event: dict[str, Line] = {}
    open_parts: list[str] = []
    for line in _unfold(physical):
        head, value = _split(line)
        name, *pairs = head.split(";")
        if name == "BEGIN":
            open_parts.append(value)
        elif name == "END":
            assert open_parts.pop() == value
        else:
            found = event if open_parts == ["VCALENDAR", "VEVENT"] else calendar
            assert name not in found
            found[name] = Line(_unescape(value), dict(pair.split("=", 1) for pair in pairs))
    assert open_parts == []
    return ReadCalendar(calendar, event)


def _unfold(lines: list[str]) -> list[str]:
    whole: list[str] = []
    for line in lines:
        if line.startswith(" "):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    return whole


def _split(line: str) -> tuple[str, str]:
    """Name with parameters, and value: parted by the first colon outside quotes."""
    quoted = False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return line[:at], line[at + 1 :]
    raise AssertionError(line)


def _unescape(value: str) -> str:
    return value.replace("\\,", ",").replace("\\;", ";").replace("\\n", "\n").replace("\\\\", "\\")
