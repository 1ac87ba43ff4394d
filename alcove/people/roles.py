"""The roles that the practice gives, and the lock that keeps it from losing its last admin."""

from collections.abc import Collection
from typing import Final

from alcove.people.errors import LastAdmin
from alcove.people.models import Person

PROVIDER: Final = "provider"
STAFF: Final = "staff"
ADMIN: Final = "admin"
ROLES = (PROVIDER, STAFF, ADMIN)


def roles_of(person: Person) -> list[str]:
    """The roles of a person, in the order of ``ROLES``."""
    held = {PROVIDER: person.is_provider, STAFF: person.is_staff, ADMIN: person.is_admin}
    return [role for role in ROLES if held[role]]


def give_roles(person: Person, roles: Collection[str]) -> None:
    """Set the roles on the row in hand; an admin is staff too."""
    person.is_provider = PROVIDER in roles
    person.is_admin = ADMIN in roles
    person.is_staff = STAFF in roles or ADMIN in roles


def keep_an_admin(person: Person) -> None:
    """Raise LastAdmin where this person is the last active admin; they are about to be none.

    Call it before anything else is locked: the admins come first in the order of locks.
    """
    if Person.objects.filter(pk=person.pk, is_admin=True, is_active=True).exists():
        require_another_admin(person)


def require_another_admin(person: Person) -> None:
    """Raise LastAdmin where the practice would be left without an active admin.

    Call it in the transaction that takes the admin away, before it does. All active admins are
    locked in one order: of two who take each other's role at once, the second one waits and then
    finds itself the last.
    """
    active = Person.objects.select_for_update(no_key=True).filter(is_admin=True, is_active=True)
    if not [one for one in active.order_by("pk") if one.pk != person.pk]:
        raise LastAdmin
