"""What a member has seen in a room."""

from alcove.people.models import Person
from alcove.rooms.access import room_for
from alcove.rooms.models import Membership, Message
from alcove.rooms.sockets import tell_room


def mark_read(*, actor: Person, room_code: str, up_to: int) -> None:
    """Note that the actor has seen every message up to this one; it never falls back.

    A key above the newest message counts as that one: what is still to come was not seen.
    Raises NotFound for people who are no members.
    """
    room = room_for(actor, room_code)
    seen = Message.objects.filter(room=room, pk__lte=up_to).order_by("-pk").values("pk").first()
    if seen is not None:
        note_read(room_code, room.pk, actor, seen["pk"])


def note_read(room_code: str, room_id: int, reader: Person, up_to: int) -> None:
    """The same for a message that is known to be in the room; one statement."""
    risen = Membership.objects.filter(room_id=room_id, person=reader, read_up_to__lt=up_to).update(
        read_up_to=up_to
    )
    if risen:
        tell_room(room_code)
