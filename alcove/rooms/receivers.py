"""The cards that a room's own events leave in it."""

from alcove.core.events import receives
from alcove.core.models import Event
from alcove.people.models import Person
from alcove.rooms.models import Message, Room
from alcove.rooms.sockets import tell_room


@receives("room.opened", "partner.joined", "partner.left", "partner.removed")
def leave_card(event: Event) -> None:
    """Leave one card for all members; it knows the name that the person had then."""
    _leave(event)


@receives("partner.invited")
def leave_invitation_card(event: Event) -> None:
    """Tell of an invitation once, however often it is sent; to whom it went, the owner knows."""
    if not event.data["again"]:
        _leave(event)


def _leave(event: Event) -> None:
    room = Room.objects.get(code=event.data["room"])
    card = {"kind": event.kind}
    person = Person.objects.filter(pk=event.data.get("person")).first()
    if person is not None:
        card["name"] = person.name
    message = Message(
        room=room, kind=Message.Kind.CARD, card=card, event=event, written_at=event.happened_at
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    tell_room(room.code)
