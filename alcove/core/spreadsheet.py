"""Tables for spreadsheets: CSV (RFC 4180) whose cells no program takes for a formula."""

import csv
import io
from collections.abc import Iterable

# With these a spreadsheet begins a formula, in some languages with their wide forms too; tab and
# return can hide one.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """The value as text that stays text; whole and decimal numbers stay numbers."""
    text = "" if value is None else str(value)
    is_number = text.removeprefix("-").replace(".", "", 1).isdecimal() and text.isascii()
    begins = text.startswith(BEGINS_FORMULA) or text.lstrip().startswith(BEGINS_FORMULA)
    return f"'{text}" if begins and not is_number else text


def to_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """The table as one text; with a mark at its start by which spreadsheets know UTF-8."""
    file = io.StringIO()
    # Every cell in quotes: where lists are separated by semicolons, one inside a cell would else
    # begin another cell, with a formula in it.
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow([safe_cell(cell) for cell in header])
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return "\ufeff" + file.getvalue()
