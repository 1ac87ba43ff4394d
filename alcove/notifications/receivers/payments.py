"""The letters about money, to whoever pays and to nobody else."""

from alcove.core import events
from alcove.core.models import Event
from alcove.notifications.actions.notify import as_read_by, notify
from alcove.notifications.kinds import Kind
from alcove.notifications.letters.payments import LETTERS, letter_about
from alcove.people.models import Person


@events.receives(*LETTERS)
def tell_payer(event: Event) -> None:
    """Tell the buyer what happened to their money; a payment that is no payment tells nothing."""
    if event.data.get("amount_minor") == 0:
        return
    buyer = Person.objects.get(pk=event.data["buyer"])
    with as_read_by(buyer):
        letter = letter_about(event, buyer.zone)
    notify(
        event=event,
        person=buyer,
        kind=Kind.CREDITS,
        letter=letter,
        always_by_mail=True,
        now=event.happened_at,
    )
