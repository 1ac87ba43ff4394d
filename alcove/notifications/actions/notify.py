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
from alcove.notifications.kinds import Channel, Kind, chosen, push_words
from alcove.notifications.letters.letter import Letter
from alcove.notifications.mail import render
from alcove.notifications.models import Delivery, Notice, Preferences, SwitchedOff
from alcove.notifications.quiet import hold_until
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
    always_by_mail: bool = False,
) -> None:
    """Tell somebody by each channel that they chose for this kind, in the words that they chose.

    May be called again for the same event and person: what they have already is not repeated.
    News waits for the end of quiet hours unless it is needed before. A calendar part goes by
    mail at once whatever they chose, for a calendar must not be left wrong; so does what is
    ``always_by_mail``, such as a receipt, after quiet hours. What people did themselves they are
    told by mail only. People who cannot sign in any more are told nothing.
    """
    if not person.is_active:
        return
    preferences = Preferences.of(person)
    words = letter.in_words_of(discreet=preferences.is_discreet)
    quiet = preferences.quiet_hours(person.zone)
    held = hold_until(now, quiet, needed_by=letter.needed_by)
    for channel in _channels(event, person, kind, must_mail=always_by_mail or calendar is not None):
        if channel == Channel.PRODUCT:
            _leave_notice(event, person, kind, words)
            continue
        is_mail = channel == Channel.EMAIL
        delivery = _for_mail(words, person) if is_mail else _for_push(words, kind, person)
        if is_mail and calendar is not None:
            delivery.calendar, delivery.calendar_method = calendar.text, calendar.method
        else:
            delivery.not_before = held
        delivery.event, delivery.person, delivery.channel = event, person, channel
        delivery.kind, delivery.useful_until = kind, letter.useful_until
        post_letter(delivery, now=now)


@contextmanager
def as_read_by(person: Person) -> Iterator[None]:
    """Write words in this person's language and zone."""
    with translation.override(person.language), timezone.override(person.zone):
        yield


def _channels(event: Event, person: Person, kind: Kind, *, must_mail: bool) -> list[Channel]:
    """The channels that the person left on for this kind, and by which they can be reached."""
    off = SwitchedOff.objects.filter(person=person).values_list("kind", "channel")
    wanted = set(chosen(kind, off))
    if event.actor == person.key:
        wanted &= {Channel.EMAIL}
    if must_mail:
        wanted.add(Channel.EMAIL)
    return [one for one in Channel if one in wanted and _reaches(one, person)]


def _reaches(channel: Channel, person: Person) -> bool:
    carrier = carrier_of(channel)
    return channel == Channel.PRODUCT or (carrier is not None and carrier.reaches(person))


def _for_mail(letter: Letter, person: Person) -> Delivery:
    with as_read_by(person):
        text, html = render(letter)
    return Delivery(address=person.email, subject=letter.subject, text=text, html=html)


def _for_push(letter: Letter, kind: Kind, person: Person) -> Delivery:
    """What a lock screen may show to anybody: fixed words, and the page that a tap opens.

    What it is about and when is told only where the reader chose plain words.
    """
    if letter.session:
        return Delivery(subject=letter.subject, text=letter.when, path=_path(letter))
    with as_read_by(person):
        return Delivery(subject=push_words(kind), path=_path(letter))


def _leave_notice(event: Event, person: Person, kind: Kind, letter: Letter) -> None:
    Notice.objects.get_or_create(
        event=event,
        person=person,
        defaults={
            "kind": kind,
            "title": letter.title,
            "path": _path(letter),
            "about_at": letter.about_at,
            "happened_at": event.happened_at,
        },
    )


def _path(letter: Letter) -> str:
    """The letter's address without scheme and host."""
    return urlsplit(letter.url)._replace(scheme="", netloc="").geturl()
