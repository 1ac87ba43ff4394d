"""IANA zone names that people can choose."""

import functools
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


@functools.cache
def zone_names() -> tuple[str, ...]:
    """Every zone a person may choose, sorted; the links without a place are left out."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def is_zone(name: str) -> bool:
    """Whether the name can be used as a time zone at all, old links included."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)
