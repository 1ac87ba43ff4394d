"""Where else than in their own rows somebody's name and address are written down."""

from django.contrib.sessions.models import Session

from alcove.booking.models import NoShow
from alcove.live.models import Stay
from alcove.people.models import Person
from alcove.rooms.models import Message


def forget_in_cards(person: Person, unnamed: str) -> None:
    """Call them ``unnamed`` on the cards of rooms that tell that they came or went."""
    cards = Message.objects.filter(kind=Message.Kind.CARD, event__data__person=person.pk)
    for message in cards:
        if message.card and "name" in message.card:
            message.card["name"] = unnamed
            message.save(update_fields=["card"])


def forget_in_facts(person: Person, unnamed: str) -> None:
    """Call them ``unnamed`` in what was recorded about missed sessions in which they were."""
    stays = Stay.objects.filter(person=person, session__appointment__no_show__isnull=False)
    for session, role in set(stays.values_list("session__appointment", "role")):
        no_show = NoShow.objects.get(appointment=session)
        # By the role: the name may have been another one when the session was marked.
        for stay in no_show.facts.get("stays", []):
            if stay["role"] == role:
                stay["name"] = unnamed
        no_show.save(update_fields=["facts"])


def end_sign_ins(person: Person, address: str) -> None:
    """End every sign-in of theirs, begun or whole: its row holds the address that they typed."""
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if held.get("_auth_user_id") == str(person.pk) or address in repr(held):
            session.delete()
