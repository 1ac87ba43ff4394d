"""The bell's socket: it tells a provider's open pages to look who rings (docs/protocol/bell.md)."""

from alcove.core.events import receives
from alcove.core.models import Event
from alcove.people.look import LookConsumer, look_again
from alcove.people.models import Person


def group_of(provider_id: int) -> str:
    """The channel group of all open pages of a provider."""
    return f"bell.{provider_id}"


class BellConsumer(LookConsumer):
    """One page of one provider."""

    def group_for(self, person: Person) -> str | None:
        """Only providers can be rung."""
        return group_of(person.pk) if person.is_provider else None


@receives("ring.rung", "ring.accepted", "ring.declined", "ring.lapsed", "ring.withdrawn")
def tell_pages_of_provider(event: Event) -> None:
    """Make every open page of the provider look who rings."""
    look_again(group_of(int(event.data["provider"])))
