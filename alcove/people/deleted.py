"""People whose data was deleted: a row without a name stays, as what took place points at it."""

from alcove.people.errors import AlreadyDeleted
from alcove.people.models import Person

# Nobody receives mail there (RFC 2606).
NOWHERE = "deleted.invalid"


def is_deleted(person: Person) -> bool:
    """Whether this person's data was deleted before."""
    return person.email.endswith(f"@{NOWHERE}")


def require_not_deleted(person: Person) -> None:
    """Raise AlreadyDeleted for a row that is nobody's any more: nobody comes back into it."""
    if is_deleted(person):
        raise AlreadyDeleted
