"""`alcove sign-in-link EMAIL`: a one-time link for somebody who cannot sign in otherwise."""

import argparse

from django.conf import settings
from django.urls import reverse

from alcove.commands.console import on_record, refuse, say
from alcove.core import clock
from alcove.people.models import Person
from alcove.people.sign_in_links import make_link


def run(options: argparse.Namespace) -> int:
    """Print the link; 1 when nobody who may sign in has the address."""
    person = Person.objects.filter(email=options.email.strip().lower(), is_active=True).first()
    if person is None:
        return refuse(f"nobody with the address {options.email} may sign in.")
    link = link_for(person)
    on_record("sign_in_link.made", person.key)
    say(link)
    return 0


def link_for(person: Person) -> str:
    """The whole address of a fresh link, good once within 24 hours."""
    token = make_link(person, now=clock.now())
    return f"{settings.BASE_URL}{reverse('people:enter', args=[token])}"
