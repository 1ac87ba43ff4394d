"""What somebody is in the practice."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from alcove.core.errors import NotFound
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.deleted import require_not_deleted
from alcove.people.models import Person
from alcove.people.roles import ADMIN, give_roles, keep_an_admin, roles_of


@transaction.atomic
def change_roles(
    *, actor: Person, person: Person, roles: Collection[str], reason: str, now: dt.datetime
) -> Person:
    """Give a person these roles and no others; raises NotFound, LastAdmin or AlreadyDeleted.

    Whether a provider may stop being one is for the floors above, which know their rooms.
    """
    require_admin(actor)
    require_not_deleted(person)
    if ADMIN not in roles:
        keep_an_admin(person)
    locked = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if locked is None:
        raise NotFound
    before = roles_of(locked)
    give_roles(locked, roles)
    after = roles_of(locked)
    if before == after:
        return locked
    locked.save(update_fields=["is_provider", "is_staff", "is_admin"])
    record_act(
        actor=actor,
        act="person.roles_changed",
        subject=locked.key,
        reason=reason,
        now=now,
        data={"from": before, "to": after},
    )
    return locked


@transaction.atomic
def set_active(
    *, actor: Person, person: Person, is_active: bool, reason: str, now: dt.datetime
) -> bool:
    """Let a person sign in or not; False where it is so already.

    Raises NotFound, LastAdmin, and AlreadyDeleted for whom nobody can let in again.

    The act ``deactivate`` of the practice's pages also sees to their sessions and sockets.
    """
    require_admin(actor)
    if is_active:
        require_not_deleted(person)
    else:
        keep_an_admin(person)
    if not Person.objects.filter(pk=person.pk, is_active=not is_active).update(is_active=is_active):
        return False
    record_act(
        actor=actor,
        act="person.reactivated" if is_active else "person.deactivated",
        subject=person.key,
        reason=reason,
        now=now,
    )
    return True
