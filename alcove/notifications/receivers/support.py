"""The letter that says that a question was answered."""

from alcove.core import events
from alcove.core.models import Event
from alcove.notifications.actions.notify import as_read_by, notify
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.kinds import Kind
from alcove.notifications.letters import support as letters
from alcove.notifications.mail import render
from alcove.notifications.models import Delivery
from alcove.support.models import FurtherAnswer, SupportRequest


@events.receives("support.answered")
def tell_asker(event: Event) -> None:
    """Tell whoever asked, by their channels; by mail alone who was not signed in."""
    asked = SupportRequest.objects.select_related("asked_by").get(code=event.data["code"])
    person = asked.asked_by
    if person is None:
        letter = letters.answered_in_full(_words_of(event, asked))
        text, html = render(letter)
        post_letter(
            Delivery(
                event=event,
                address=asked.address,
                kind=Kind.SUPPORT,
                subject=letter.subject,
                text=text,
                html=html,
            ),
            now=event.happened_at,
        )
        return
    with as_read_by(person):
        letter = letters.answered(asked.code)
    notify(event=event, person=person, kind=Kind.SUPPORT, letter=letter, now=event.happened_at)


def _words_of(event: Event, asked: SupportRequest) -> str:
    """The answer that this event is about: the first one, or a later one."""
    further = event.data.get("further")
    return FurtherAnswer.objects.get(pk=further).words if further else asked.answer
