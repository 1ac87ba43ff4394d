"""Reads about people that pages share."""

from django.db.models import Q, QuerySet

from alcove.core.folding import fold
from alcove.people.models import Person
from alcove.people.roles import ADMIN, PROVIDER, STAFF

CLIENT = "client"
AWAY = "away"
_ROLES = {
    PROVIDER: Q(is_provider=True),
    STAFF: Q(is_staff=True),
    ADMIN: Q(is_admin=True),
    CLIENT: Q(is_provider=False, is_staff=False, is_admin=False),
    AWAY: Q(is_active=False),
}


def people_like(words: str, role: str = "") -> QuerySet[Person]:
    """Everybody whose name or address has each of these words, whatever their case and accents.

    By name. ``role`` narrows it: a role, "client" for people without one, or "away" for whom is not let in.
    """
    found = Person.objects.all()
    for word in fold(words).split():
        found = found.filter(folded__contains=word)
    return found.filter(_ROLES.get(role, Q())).order_by("name", "pk")
