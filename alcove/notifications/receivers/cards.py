"""The cards that events leave among a room's messages."""

from alcove.core import events
from alcove.core.models import Event
from alcove.rooms.models import Message, Room
from alcove.rooms.sockets import tell_room

LEAVES_A_CARD = (
    "appointment.requested",
    "appointment.confirmed",
    "appointment.rescheduled",
    "appointment.declined",
    "appointment.lapsed",
    "appointment.cancelled",
    "appointment.completed",
    "appointment.no_show",
    "no_show.disputed",
    "no_show.decided",
)
# Of rings that came to nothing, for whoever was away from their screen; of exchanges about a time.
LEAVES_A_CARD_IN_ITS_ROOM = (
    "ring.declined",
    "ring.lapsed",
    "proposal.sent",
    "proposal.suggested",
    "proposal.declined",
    "proposal.withdrawn",
    "proposal.lapsed",
    "times.offered",
    "times.refused",
    "times.withdrawn",
)


@events.receives(*LEAVES_A_CARD)
def leave_card(event: Event) -> None:
    """Leave one card in the room's messages (R10); it tells all members the same facts."""
    _leave(event, Room.objects.get(appointments__code=event.data["code"]))


@events.receives(*LEAVES_A_CARD_IN_ITS_ROOM)
def leave_room_card(event: Event) -> None:
    """Leave a card of what is no session: a ring that came to nothing (R16), finding a time (R6)."""
    _leave(event, Room.objects.get(code=event.data["room"]))


def _leave(event: Event, room: Room) -> None:
    card = Message(
        room=room,
        kind=Message.Kind.CARD,
        card={**event.data, "kind": event.kind},
        event=event,
        written_at=event.happened_at,
    )
    Message.objects.bulk_create([card], ignore_conflicts=True)
    tell_room(room.code)
