"""The first admin of a practice that has nobody yet."""

import datetime as dt

from django.db import transaction

from alcove.core import events
from alcove.people.actions.change_practice import change_practice
from alcove.people.actions.record_act import record_act
from alcove.people.actions.trust_address import trust_addresses
from alcove.people.models import Person
from alcove.people.roles import ADMIN, give_roles
from alcove.people.set_up_links import spend


@transaction.atomic
def set_up_practice(
    *,
    token: str,
    practice_name: str,
    time_zone: str,
    name: str,
    email: str,
    language: str,
    now: dt.datetime,
) -> Person:
    """Name the practice and make its first admin, who is returned; all of it or nothing.

    Raises SetUpLinkDead, and ValidationError for a zone or address that is none.
    """
    spend(token, now=now)
    person = Person(
        email=email.strip().lower(),
        name=name,
        language=language,
        time_zone=time_zone,
        joined_at=now,
    )
    give_roles(person, [ADMIN])
    person.set_unusable_password()
    person.clean_fields(exclude=["password"])
    person.save()
    trust_addresses(people=[person])
    change_practice(actor=person, now=now, name=practice_name, time_zone=time_zone)
    events.record("practice.set_up", subject="practice", actor=person.key, now=now)
    record_act(actor=person, act="practice.set_up", subject="practice", now=now)
    return person
