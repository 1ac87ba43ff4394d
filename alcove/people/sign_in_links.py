"""One-time sign-in links: 256 random bits, kept as a hash, used once."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError
from alcove.core.tokens import hash_of, new_token
from alcove.people.models import Person, SignInLink

GOOD_FOR = dt.timedelta(hours=24)


class LinkSpent(DomainError):
    """The link was used before, is too old, or never was one: the same answer."""

    code = "link_spent"
    http_status = 410
    message = _("This sign-in link has been used or is too old. Ask for a new one.")


def make_link(person: Person, *, now: dt.datetime) -> str:
    """Return a fresh token that signs this person in once within 24 hours."""
    token = new_token()
    SignInLink.objects.create(person=person, token_hash=hash_of(token), expires_at=now + GOOD_FOR)
    return token


@transaction.atomic
def use_link(token: str, *, now: dt.datetime) -> Person:
    """Spend the token and return whose it is; LinkSpent when it is good for nothing."""
    link = (
        SignInLink.objects.select_related("person")
        .filter(token_hash=hash_of(token), expires_at__gt=now, person__is_active=True)
        .first()
    )
    # No join in the UPDATE: PostgreSQL looks again at the row it waited for, but not at a
    # subquery, and would let two clicks at once both spend the link.
    if link is None or not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise LinkSpent
    return link.person
