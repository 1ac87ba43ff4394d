"""The letters about who is in a room: invitations, joining, leaving, and the calendars of both."""

from dataclasses import replace

from alcove.booking.display import session_words
from alcove.booking.membership import SHARED, WITHDRAWN
from alcove.booking.models import Appointment
from alcove.core import events
from alcove.core.models import Event
from alcove.notifications.actions.notify import as_read_by, notify
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.kinds import Kind
from alcove.notifications.letters import rooms as letters
from alcove.notifications.letters.change import change_of
from alcove.notifications.letters.letter import Letter
from alcove.notifications.mail import render
from alcove.notifications.models import Delivery
from alcove.notifications.receivers.bookings import calendar_part
from alcove.people.models import Person
from alcove.rooms.invitations import posts_invitations
from alcove.rooms.models import Invitation, Membership, Room


@posts_invitations
def post_invitation(invitation: Invitation, token: str, event: Event) -> None:
    """Post the link to the invited address, known here or not; only this letter ever holds it.

    In the words of whoever has that address here, else of whoever invites.
    """
    reader = Person.objects.filter(email=invitation.address).first() or invitation.invited_by
    with as_read_by(reader):
        letter = letters.invited(token, invitation.expires_at, reader.zone)
        text, html = render(letter)
    delivery = Delivery(
        event=event,
        address=invitation.address,
        kind=Kind.ROOMS,
        subject=letter.subject,
        text=text,
        html=html,
        useful_until=letter.useful_until,
    )
    post_letter(delivery, now=event.happened_at)


@events.receives("partner.joined", "partner.left", "partner.removed")
def tell_members(event: Event) -> None:
    """Tell those in the room who did not do it themselves, and whoever was taken out."""
    room = Room.objects.get(code=event.data["room"])
    others = Membership.objects.filter(room=room).exclude(person=event.data["person"])
    for member in others.select_related("person").order_by("person_id"):
        if member.person.key != event.actor:
            _tell(event, member.person, member.role, room)
    if event.kind == "partner.removed":
        _tell(event, Person.objects.get(pk=event.data["person"]), Membership.Role.PARTNER, room)


def _tell(event: Event, person: Person, role: str, room: Room) -> None:
    with as_read_by(person):
        letter = _letter(event.kind, role, room.code)
    notify(event=event, person=person, kind=Kind.ROOMS, letter=letter, now=event.happened_at)


def _letter(kind: str, role: str, room: str) -> Letter:
    if kind == "partner.joined":
        is_provider = role == Membership.Role.PROVIDER
        return letters.joined_for_provider(room) if is_provider else letters.joined(room)
    return letters.removed() if role == Membership.Role.PARTNER else letters.gone(room)


@events.receives(SHARED, WITHDRAWN)
def tell_calendar(event: Event) -> None:
    """Put one session into the calendar of whoever joined, or take it out of the leaver's."""
    appointment = Appointment.objects.select_related("room").get(code=event.data["code"])
    person = Person.objects.get(pk=event.data["person"])
    change = change_of(
        event.kind, event.data, room=appointment.room.code, happened_at=event.happened_at
    )
    write = letters.shared if event.kind == SHARED else letters.withdrawn
    with as_read_by(person):
        letter = replace(
            write(change, person.zone),
            about_at=change.starts_at,
            needed_by=change.starts_at,
            session=session_words(change.modality, change.minutes),
        )
        calendar = calendar_part(change, appointment, event, person)
    notify(
        event=event,
        person=person,
        kind=Kind.BOOKINGS,
        letter=letter,
        calendar=calendar,
        now=event.happened_at,
    )
