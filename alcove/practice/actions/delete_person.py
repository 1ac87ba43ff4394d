"""A person's data deleted, as far as law allows."""

import datetime as dt

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alcove.billing.actions.forget_customer import forget_customer
from alcove.booking.models import Appointment, TimeProposal
from alcove.core.models import IdempotencyKey
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.deleted import NOWHERE, require_not_deleted
from alcove.people.models import DeletionRequest, Person
from alcove.people.roles import give_roles
from alcove.practice.actions.deactivate import deactivate, kept_rooms
from alcove.practice.actions.forget_names import end_sign_ins, forget_in_cards, forget_in_facts
from alcove.practice.fates import BY_ADDRESS, EMPTIED, FATES, Fate, rows_by
from alcove.rooms.actions.open_room import mark_closed
from alcove.rooms.membership import Change, leave, lock_room
from alcove.rooms.models import Draft, Invitation, Membership


@transaction.atomic
def delete_person(
    *, actor: Person, person: Person, reason: str, now: dt.datetime
) -> list[Appointment]:
    """Erase who somebody was; what took place stays, with a person without a name.

    They are deactivated as ``deactivate`` does it, their rooms are closed, and rooms that they are
    a partner of go on without them. Returns the sessions that were cancelled. Raises NotFound,
    LastAdmin or AlreadyDeleted.
    """
    require_admin(actor)
    require_not_deleted(person)
    address = person.email
    cancelled = deactivate(actor=actor, person=person, reason=reason, now=now)
    # Behind the lock: of two admins who do it at once, the second one finds it done.
    require_not_deleted(Person.objects.get(pk=person.pk))
    for room in kept_rooms(person):
        lock_room(room.pk)
        mark_closed(actor=actor, room=room, reason=reason, now=now)
    _leave_partners_rooms(actor, person, now)
    forget_customer(person, now=now)
    for reference, rows in rows_by(FATES, person):
        if FATES[reference] is Fate.ERASED:
            rows.delete()
        elif reference in EMPTIED:
            rows.update(**{EMPTIED[reference]: ""})
    for _reference, rows in rows_by(BY_ADDRESS, address):
        rows.delete()
    Draft.objects.filter(membership__person=person).delete()
    # What they wrote as a provider with an offer, or with a no.
    TimeProposal.objects.filter(room__provider=person).update(words="")
    IdempotencyKey.objects.filter(owner=person.key).delete()
    unnamed = f"person-{person.pk}@{NOWHERE}"
    Invitation.objects.filter(address=address).update(address=unnamed)
    name = _anonymise(person, unnamed)
    forget_in_cards(person, name)
    forget_in_facts(person, name)
    end_sign_ins(person, address)
    DeletionRequest.objects.filter(person=person, closed_at=None).update(
        closed_at=now, closed_by=actor, outcome=DeletionRequest.Outcome.DELETED
    )
    record_act(actor=actor, act="person.deleted", subject=person.key, reason=reason, now=now)
    return cancelled


def _leave_partners_rooms(actor: Person, person: Person, now: dt.datetime) -> None:
    partner = Membership.Role.PARTNER
    rows = Membership.objects.filter(person=person, role=partner).select_related("room")
    for membership in rows.order_by("room_id"):
        lock_room(membership.room_id)
        leave(Change(membership.room, person, partner, actor, now), membership)


def _anonymise(person: Person, address: str) -> str:
    """Take who they were out of the row; the words by which they are called from now on."""
    with translation.override(person.language):
        name = _("Former provider") if person.is_provider else _("Former client")
    row = Person.objects.get(pk=person.pk)
    row.email, row.name = address, name
    row.time_zone, row.last_login = "UTC", None
    row.is_active = False
    give_roles(row, [])
    # Whatever is signed in by the former one is signed out for good.
    row.set_unusable_password()
    row.save()
    return row.name
