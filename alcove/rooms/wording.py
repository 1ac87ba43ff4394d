"""People in words, as pages name those who share a room with the reader."""

from collections.abc import Iterable

from babel.lists import format_list

from alcove.core.formats import locale
from alcove.people.models import Person


def people_words(people: Iterable[Person]) -> str:
    """Such as "Cora Client and Paul Partner", in the active language."""
    return format_list([person.name for person in people], locale=locale())
