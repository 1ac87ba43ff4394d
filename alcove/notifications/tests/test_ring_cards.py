"""A ring that came to nothing leaves one card in its room, and no letter (R16)."""

from alcove.availability.actions.become_available import become_available
from alcove.booking.actions.accept_ring import accept_ring
from alcove.booking.actions.decline_ring import decline_ring
from alcove.booking.actions.withdraw_ring import withdraw_ring
from alcove.core.jobs import run_due
from alcove.core.models import Event
from alcove.notifications.models import Delivery
from alcove.notifications.receivers.cards import leave_room_card
from alcove.rooms.models import Message
from tests.cast import NOW, Cast, ring


def cards(cast: Cast) -> list[str]:
    messages = Message.objects.filter(room=cast.couples_room).order_by("id")
    return [message.card["kind"] for message in messages]


def test_missed_and_declined_rings_leave_one_card_each(cast: Cast) -> None:
    become_available(actor=cast.provider, minutes=60, now=NOW)
    declined = ring(cast.couples_room)
    decline_ring(actor=cast.provider, code=declined.code, now=NOW)
    lapsing = ring(cast.couples_room)

    run_due(lapsing.expires_at)
    leave_room_card(Event.objects.get(kind="ring.lapsed"))

    assert cards(cast) == ["ring.declined", "ring.lapsed"]
    assert not Delivery.objects.exists()


def test_withdrawn_ring_leaves_none_and_an_accepted_one_that_of_its_session(cast: Cast) -> None:
    become_available(actor=cast.provider, minutes=60, now=NOW)
    withdraw_ring(actor=cast.client, code=ring(cast.couples_room).code, now=NOW)
    run_due(NOW)
    assert cards(cast) == []

    accept_ring(actor=cast.provider, code=ring(cast.couples_room).code, now=NOW)
    run_due(NOW)

    assert cards(cast) == ["appointment.confirmed"]
    told = Delivery.objects.values_list("person", flat=True)
    assert sorted(told) == sorted([cast.client.pk, cast.partner.pk, cast.provider.pk])
    assert set(Delivery.objects.values_list("subject", flat=True)) == {
        "Your session is confirmed! Mark your calendar."
    }
