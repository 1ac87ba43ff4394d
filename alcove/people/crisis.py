"""The practice's own words for the crisis page, kept in a file so that it needs no database.

Each process that serves pages keeps the file of its own machine true: it has just read the practice
for every page that it shows, and writes the file where the words have changed. See decision 14.
"""

import json
import logging
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from alcove.people.models import Practice

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CrisisWords:
    """What the practice adds to the crisis page; empty where it adds nothing."""

    name: str = ""
    text: str = ""
    text_es: str = ""
    link: str = ""

    def text_in(self, language: str) -> str:
        """The words in the reader's language, else in English."""
        return (self.text_es if language.startswith("es") else "") or self.text


# What this process has written or found in the file: comparing costs nothing.
_kept: CrisisWords | None = None


def words_of(practice: Practice) -> CrisisWords:
    """The words as the database has them."""
    return CrisisWords(
        practice.name, practice.crisis_text, practice.crisis_text_es, practice.crisis_link
    )


def keep(practice: Practice) -> None:
    """Make the file say what the practice says; a disk that refuses is no reason to fail."""
    global _kept  # noqa: PLW0603 - a process keeps one file
    wanted = words_of(practice)
    if wanted == _kept:
        return
    try:
        if read() != wanted:
            _write(Path(settings.CRISIS_FILE), json.dumps(asdict(wanted), ensure_ascii=False))
    except OSError as error:
        log.warning("the words of the crisis page could not be kept: %s", error)
    # Not tried again with each page: a change, or a new process, tries again.
    _kept = wanted


def read() -> CrisisWords:
    """The words in the file; none where it is missing or broken."""
    try:
        stored = json.loads(Path(settings.CRISIS_FILE).read_text(encoding="utf-8"))
        words = CrisisWords(**stored)
    except (OSError, ValueError, TypeError):
        return CrisisWords()
    return words if all(isinstance(part, str) for part in asdict(words).values()) else CrisisWords()


def _write(path: Path, text: str) -> None:
    """All of it or nothing: a reader finds the former words or the new ones."""
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=path.name, delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    Path(file.name).replace(path)
