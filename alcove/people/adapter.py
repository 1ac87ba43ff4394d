"""How sign-in behaves here: the practice invites, nobody signs up alone."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from alcove.people.models import Person


class AccountAdapter(DefaultAccountAdapter):
    """Closes public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account alone: people are added by the practice."""
        return False


def shown_name(person: Person) -> str:
    """How sign-in calls somebody: by their address until they have a name."""
    return person.name or person.email
