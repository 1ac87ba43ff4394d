"""The clock: ``now`` is read at an edge (view, job, command) and handed down as an argument."""

import datetime as dt


def now() -> dt.datetime:
    """The present instant in UTC."""
    return dt.datetime.now(dt.UTC)


def seconds(instant: dt.datetime) -> int:
    """Whole UTC seconds of an aware instant, the unit of the slot engine."""
    return int(instant.timestamp())


def instant(utc_seconds: int) -> dt.datetime:
    """The aware UTC instant of whole UTC seconds."""
    return dt.datetime.fromtimestamp(utc_seconds, dt.UTC)
