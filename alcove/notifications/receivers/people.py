"""The letters about somebody's account: the practice's invitation, its answer to a wish."""

from alcove.core import events
from alcove.core.models import Event
from alcove.notifications.actions.notify import as_read_by, notify
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.kinds import Kind
from alcove.notifications.letters.people import deletion_answered, invited_by_practice
from alcove.notifications.mail import render
from alcove.notifications.models import Delivery
from alcove.people.models import Person, PersonInvitation
from alcove.people.person_invitations import posts_person_invitations


@posts_person_invitations
def post_person_invitation(invitation: PersonInvitation, token: str, event: Event) -> None:
    """Post the link to the invited address; only this letter ever holds it.

    The row names no person, as every letter that holds a key: staff cannot read it once it is sent.
    """
    reader = invitation.person
    with as_read_by(reader):
        letter = invited_by_practice(token, invitation.expires_at, reader.zone)
        text, html = render(letter)
    delivery = Delivery(
        event=event,
        address=reader.email,
        kind=Kind.ROOMS,
        subject=letter.subject,
        text=text,
        html=html,
        useful_until=letter.useful_until,
    )
    post_letter(delivery, now=event.happened_at)


@events.receives("deletion.declined")
def tell_of_answer(event: Event) -> None:
    """Tell whoever asked for deletion that there is an answer; they read it after signing in."""
    person = Person.objects.get(pk=int(event.subject.removeprefix("person:")))
    with as_read_by(person):
        letter = deletion_answered()
    notify(event=event, person=person, kind=Kind.SUPPORT, letter=letter, now=event.happened_at)
