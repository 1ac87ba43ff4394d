"""Finding a person, a room or a session by what a caller can tell: a name, an address, a code."""

from dataclasses import dataclass

from django.db.models import QuerySet

from alcove.booking.models import Appointment
from alcove.core.folding import fold
from alcove.people.models import Person
from alcove.rooms.models import Room

MOST_PEOPLE = 25
LONGEST_WORDS = 200
# As Crockford's alphabet reads letters that look like digits (core.codes).
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


@dataclass(frozen=True, slots=True)
class Found:
    """What the words fit; ``has_more`` where more people fit than are shown."""

    people: list[Person]
    rooms: list[Room]
    sessions: list[Appointment]
    has_more: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing fits."""
        return not (self.people or self.rooms or self.sessions)


def find(words: str) -> Found:
    """People whose name or address holds every word, rooms and sessions of that code.

    Case and accents do not matter, nor does how a code was read aloud. Three statements, however
    many people there are.
    """
    people = list(_people(words)[: MOST_PEOPLE + 1])
    code = words[:LONGEST_WORDS].upper().translate(_READ_AS)
    rooms = Room.objects.filter(code=code) | Room.objects.filter(reference=words.strip())
    sessions = Appointment.objects.filter(code=code)
    return Found(
        people=people[:MOST_PEOPLE],
        rooms=list(rooms.select_related("owner", "provider")),
        sessions=list(sessions.select_related("room__owner", "provider")),
        has_more=len(people) > MOST_PEOPLE,
    )


def _people(words: str) -> QuerySet[Person]:
    found = Person.objects.order_by("name", "pk")
    for word in fold(words[:LONGEST_WORDS]).split():
        found = found.filter(folded__contains=word)
    return found
