"""Telling somebody what happened, by the channels that they chose for this kind of news."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone, translation

from alcove.core.models import Event
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.carriers import carrier_of
from alcove.notifications.kinds import Channel, Kind, chosen
from alcove.notifications.letters.letter import Letter
from alcove.notifications.mail import render
from alcove.notifications.models import Delivery, SwitchedOff
from alcove.people.models import Person


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An iMIP body (RFC 6047) and its METHOD."""

    method: str
    text: str


@transaction.atomic
def notify(
    *,
    event: Event,
    person: Person,
    kind: Kind,
    letter: Letter,
    now: dt.datetime,
    calendar: CalendarPart | None = None,
) -> None:
    """Post one delivery of the letter for each channel that the person chose for this kind.

    May be called again for the same event and person: what they have already is not repeated.
    A calendar part goes by mail whatever they chose, for a calendar must not be left wrong.
    People who cannot sign in any more are told nothing.
    """
    if not person.is_active:
        return
    channels = channels_for(person, kind)
    if calendar is not None and Channel.EMAIL not in channels:
        channels.append(Channel.EMAIL)
    for channel in channels:
        delivery = _MADE_FOR[channel](letter, person, calendar)
        delivery.event, delivery.person, delivery.channel = event, person, channel
        delivery.kind = kind
        post_letter(delivery, now=now)


def channels_for(person: Person, kind: Kind) -> list[Channel]:
    """The channels that the person chose for this kind and by which they can be reached."""
    off = SwitchedOff.objects.filter(person=person).values_list("kind", "channel")
    ways = [(channel, carrier_of(channel)) for channel in chosen(kind, off)]
    return [channel for channel, carrier in ways if carrier and carrier.reaches(person)]


@contextmanager
def as_read_by(person: Person) -> Iterator[None]:
    """Write words in this person's language and zone."""
    with translation.override(person.language), timezone.override(person.zone):
        yield


def _for_mail(letter: Letter, person: Person, calendar: CalendarPart | None) -> Delivery:
    with as_read_by(person):
        text, html = render(letter)
    return Delivery(
        address=person.email,
        subject=letter.subject,
        text=text,
        html=html,
        calendar=calendar.text if calendar else "",
        calendar_method=calendar.method if calendar else "",
    )


def _for_push(letter: Letter, person: Person, calendar: CalendarPart | None) -> Delivery:
    """What a lock screen may show to anybody: the subject, and the page that a tap opens."""
    url = urlsplit(letter.url)
    return Delivery(subject=letter.subject, path=url._replace(scheme="", netloc="").geturl())


_MADE_FOR = {Channel.EMAIL: _for_mail, Channel.PUSH: _for_push}
