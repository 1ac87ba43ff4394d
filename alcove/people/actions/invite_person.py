"""Somebody new whom the practice invites: sent, sent again, withdrawn, accepted."""

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction

from alcove.core import events
from alcove.core.errors import NotFound
from alcove.core.tokens import hash_of, new_token
from alcove.people.access import require_admin
from alcove.people.actions.record_act import record_act
from alcove.people.actions.trust_address import trust_addresses
from alcove.people.errors import AddressKnown, NoOpenInvitation, WelcomeDead
from alcove.people.models import Person, PersonInvitation
from alcove.people.person_invitations import GOOD_FOR, post_person_invitation
from alcove.people.roles import give_roles


@transaction.atomic
def invite_person(
    *,
    actor: Person,
    email: str,
    name: str,
    roles: Collection[str],
    language: str,
    time_zone: str,
    now: dt.datetime,
) -> Person:
    """Add somebody and mail them a link that signs them in, once, within 7 days.

    Raises NotFound, AddressKnown, and ValidationError for a zone that does not exist.
    """
    require_admin(actor)
    person = Person(
        email=email.strip().lower(),
        name=name,
        language=language,
        time_zone=time_zone,
        joined_at=now,
    )
    give_roles(person, roles)
    person.set_unusable_password()
    person.clean_fields(exclude=["password"])
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise AddressKnown from error
    trust_addresses(people=[person])
    _send(actor, person, now)
    record_act(
        actor=actor,
        act="person.invited",
        subject=person.key,
        now=now,
        data={"roles": list(roles)},
    )
    return person


@transaction.atomic
def resend_person_invitation(*, actor: Person, person: Person, now: dt.datetime) -> None:
    """Mail a new link, good for 7 days; the former one is dead.

    Somebody whose invitation was withdrawn can come in again. Raises NotFound or NoOpenInvitation.
    """
    _require_awaited(actor, person)
    Person.objects.filter(pk=person.pk).update(is_active=True)
    _close(person, now)
    _send(actor, person, now)
    record_act(actor=actor, act="person.invited_again", subject=person.key, now=now)


@transaction.atomic
def revoke_person_invitation(
    *, actor: Person, person: Person, reason: str, now: dt.datetime
) -> None:
    """Make the link dead and close the account of somebody who has not come yet.

    Raises NotFound or NoOpenInvitation.
    """
    _require_awaited(actor, person)
    if not _close(person, now):
        raise NoOpenInvitation
    Person.objects.filter(pk=person.pk).update(is_active=False)
    record_act(
        actor=actor, act="person.invitation_revoked", subject=person.key, reason=reason, now=now
    )


@transaction.atomic
def accept_person_invitation(*, token: str, now: dt.datetime) -> Person:
    """Spend the link and return whose it is; WelcomeDead when it is good for nothing."""
    found = (
        PersonInvitation.objects.select_related("person")
        .filter(token_hash=hash_of(token), expires_at__gt=now, person__is_active=True)
        .first()
    )
    # A conditional update: of two clicks at once, one signs in.
    if found is None or not PersonInvitation.objects.filter(pk=found.pk, closed_at=None).update(
        closed_at=now, accepted_at=now
    ):
        raise WelcomeDead
    events.record("person.came", subject=found.person.key, actor=found.person.key, now=now)
    return found.person


def is_awaited(person: Person) -> bool:
    """Whether somebody was invited and has not come in by any way yet."""
    return (
        person.last_login is None
        and PersonInvitation.objects.filter(person=person).exists()
        and not PersonInvitation.objects.filter(person=person).exclude(accepted_at=None).exists()
    )


def _require_awaited(actor: Person, person: Person) -> None:
    require_admin(actor)
    # Behind the lock: they may have come in a moment ago.
    locked = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if locked is None:
        raise NotFound
    if not is_awaited(locked):
        raise NoOpenInvitation


def _close(person: Person, now: dt.datetime) -> int:
    return PersonInvitation.objects.filter(person=person, closed_at=None).update(closed_at=now)


def _send(actor: Person, person: Person, now: dt.datetime) -> None:
    token = new_token()
    invitation = PersonInvitation.objects.create(
        person=person,
        invited_by=actor,
        token_hash=hash_of(token),
        invited_at=now,
        expires_at=now + GOOD_FOR,
    )
    event = events.record("person.invited", subject=person.key, actor=actor.key, now=now)
    post_person_invitation(invitation, token, event)
