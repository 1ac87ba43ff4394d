"""Who may open staff's and admins' pages; to everybody else they do not exist."""

from alcove.core.errors import NotFound
from alcove.people.models import Person


def require_staff(person: Person) -> None:
    """Raise NotFound unless the person is staff or admin."""
    if not (person.is_active and (person.is_staff or person.is_admin)):
        raise NotFound


def require_admin(person: Person) -> None:
    """Raise NotFound unless the person is an admin."""
    if not (person.is_active and person.is_admin):
        raise NotFound
