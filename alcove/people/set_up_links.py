"""The one-time link by which a practice that has nobody yet is set up: 256 bits, kept as a hash."""

import datetime as dt

from django.db import transaction

from alcove.core.tokens import hash_of, new_token
from alcove.people.errors import SetUpLinkDead
from alcove.people.models import Person, SetUpLink

GOOD_FOR = dt.timedelta(hours=24)


def is_waiting() -> bool:
    """Whether there is nobody yet, so that somebody must set the practice up."""
    return not Person.objects.exists()


@transaction.atomic
def make_set_up_link(*, now: dt.datetime) -> str:
    """Return a fresh token, good once within 24 hours and only while there is nobody.

    Former links stay good: several processes of one practice may each have printed one.
    """
    token = new_token()
    SetUpLink.objects.create(token_hash=hash_of(token), expires_at=now + GOOD_FOR)
    return token


def require_good(token: str, *, now: dt.datetime) -> SetUpLink:
    """The link of this token; SetUpLinkDead where it can do nothing, whatever the reason."""
    link = SetUpLink.objects.filter(
        token_hash=hash_of(token), expires_at__gt=now, used_at=None
    ).first()
    if link is None or not is_waiting():
        raise SetUpLinkDead
    return link


def spend(token: str, *, now: dt.datetime) -> None:
    """Use the link up in the caller's transaction; raises SetUpLinkDead.

    All links are locked: of two that are used at once, the second one finds somebody here.
    """
    list(SetUpLink.objects.select_for_update().order_by("pk"))
    link = require_good(token, now=now)
    link.used_at = now
    link.save(update_fields=["used_at"])
