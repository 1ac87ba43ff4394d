"""Letters as a search sees them: without case and accents, alike on every database."""

import unicodedata


def fold(text: str) -> str:
    """The text in small letters without accents, in compatibility form: ``Ärger`` is ``arger``.

    Databases fold letters each in its own way, and SQLite only those of ASCII.
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
