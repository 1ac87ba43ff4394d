"""Somebody new, by an address that somebody here vouches for."""

import datetime as dt

from django.db import IntegrityError, transaction

from alcove.people.actions.trust_address import trust_addresses
from alcove.people.models import Person


def ensure_person(*, address: str, language: str, time_zone: str, now: dt.datetime) -> Person:
    """The person with this address, made where there is none; a new one has no name yet.

    They can come in by a code mailed to that address and by nothing else.
    """
    known = Person.objects.filter(email=address).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            person = Person.objects.create_user(
                address, name="", language=language, time_zone=time_zone, joined_at=now
            )
            trust_addresses(people=[person])
    except IntegrityError:
        # A second click was a moment faster.
        return Person.objects.get(email=address)
    return person
