"""A room's socket: it tells the members' open pages that there is something new to read."""

from alcove.people.look import LookConsumer, look_again
from alcove.people.models import Person
from alcove.rooms.access import rooms_of


def group_of(code: str) -> str:
    """The channel group of all open pages of a room."""
    return f"room.{code}"


class RoomConsumer(LookConsumer):
    """One page of one member; who leaves the room hears nothing more."""

    def group_for(self, person: Person) -> str | None:
        """Members only."""
        code: str = self.scope["url_route"]["kwargs"]["code"]
        return group_of(code) if rooms_of(person).filter(code=code).exists() else None


def tell_room(code: str) -> None:
    """Make the open pages of a room look, after the commit."""
    look_again(group_of(code))
