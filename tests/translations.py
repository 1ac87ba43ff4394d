"""The texts of the product and their Spanish: found, updated and checked without gettext's tools.

``python -m tests.translations`` brings alcove/locale/es/LC_MESSAGES/django.po up to date with the
texts in code and templates; the translations themselves are written by hand.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "alcove"
SPANISH = SOURCE / "locale" / "es" / "LC_MESSAGES" / "django.po"
# Marker → position of the texts among the arguments, as gettext's own tools know them.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def sources() -> Iterator[tuple[Path, str]]:
    """Every file that can hold a text, as Python source; templates turned into such."""
    for path in sorted(SOURCE.rglob("*")):
        if "tests" in path.parts or not path.is_file():
            continue
        if path.suffix == ".py":
            yield path, path.read_text(encoding="utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # What is left of a template's indentation means nothing to Python's reader.
            yield path, "\n".join(line.strip() for line in source.split("\n"))


def texts() -> Catalog:
    """All texts of the product, in a catalogue without translations."""
    catalog = Catalog(locale="es", project="Alcove")
    for path, source in sources():
        file = io.BytesIO(source.encode())
        for line, message, comments, context in extract("python", file, KEYWORDS, ["Translators:"]):
            catalog.add(
                message,
                locations=[(str(path.relative_to(ROOT)), line)],
                auto_comments=comments,
                context=context,
            )
    return catalog


def spanish() -> Catalog:
    """The Spanish catalogue as it is stored."""
    if not SPANISH.exists():
        return Catalog(locale="es", project="Alcove", charset="utf-8")
    with SPANISH.open("rb") as file:
        return read_po(file, locale="es")


def placeholders(text: str) -> set[str]:
    """The %(name)s places in a text."""
    return set(re.findall(r"%\((\w+)\)s", text))


def update() -> None:
    """Write the Spanish catalogue with every present text, keeping its translations."""
    catalog = spanish()
    catalog.update(texts(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    SPANISH.parent.mkdir(parents=True, exist_ok=True)
    with SPANISH.open("wb") as file:
        write_po(file, catalog, width=100, omit_header=False, no_location=True, sort_output=True)


if __name__ == "__main__":
    update()
