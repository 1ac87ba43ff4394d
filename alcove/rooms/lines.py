"""Messages as a page draws them, in the words, zone and language of the reader."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from alcove.core.formats import clock_time, day_and_time, long_day
from alcove.people.models import Person
from alcove.rooms.cards import Card, CardAct, about, acts_for, card_of
from alcove.rooms.models import Membership, Message
from alcove.rooms.wording import people_words


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the page draws it.

    ``day`` where it is the first of its date, ``is_first_new`` on the first that the reader had not
    seen, ``state`` (delivered, seen by whom) on the reader's own last one, ``acts`` on the newest
    card about something.
    """

    message: Message
    is_own: bool
    time: str
    day: str
    card: Card | None
    is_first_new: bool = False
    state: str = ""
    acts: Sequence[CardAct] = ()


def lines_of(
    found: Sequence[Message],
    everybody: Iterable[Membership],
    reader: Person,
    now: dt.datetime,
    *,
    after: Message | None = None,
) -> list[Line]:
    """The lines of these messages, oldest first; ``after`` is what the page shows before them."""
    read_up_to = next(one.read_up_to for one in everybody if one.person_id == reader.pk)
    first_new = next((one.pk for one in found if _is_new(one, reader, read_up_to)), None)
    last_own = max((one.pk for one in found if one.author_id == reader.pk), default=None)
    newest_about = {key: one.pk for one in found if (key := about(one.card))}
    acts = acts_for(reader, newest_about.keys(), now)
    lines: list[Line] = []
    day = after and _date(after, reader)
    for message in found:
        date = _date(message, reader)
        key = about(message.card)
        lines.append(
            Line(
                message=message,
                is_own=message.author_id == reader.pk,
                time=clock_time(message.written_at, reader.zone),
                day="" if date == day else _date_words(date, reader, now),
                card=card_of(message.card, reader.zone)
                if message.kind == Message.Kind.CARD
                else None,
                is_first_new=message.pk == first_new and message is not found[0],
                state=state_words(message, everybody) if message.pk == last_own else "",
                acts=acts.get(key, ()) if newest_about.get(key) == message.pk else (),
            )
        )
        day = date
    return lines


def _is_new(message: Message, reader: Person, read_up_to: int) -> bool:
    return message.pk > read_up_to and message.author_id != reader.pk


def state_words(message: Message, everybody: Iterable[Membership]) -> str:
    """Who of the others has seen a message of the reader's own."""
    others = [one for one in everybody if one.person_id != message.author_id]
    seen = [one.person for one in others if one.read_up_to >= message.pk]
    if not seen:
        return _("Sent")
    if len(seen) == len(others):
        return _("Seen")
    return _("Seen by %(names)s") % {"names": people_words(seen)}


def _date(message: Message, reader: Person) -> dt.date:
    return message.written_at.astimezone(reader.zone).date()


def _date_words(date: dt.date, reader: Person, now: dt.datetime) -> str:
    """The day of messages; with the year where it is another one."""
    words = long_day(date)
    return words if date.year == now.astimezone(reader.zone).year else f"{words} {date.year}"


def moment_words(at: dt.datetime, reader: Person, now: dt.datetime) -> str:
    """Day and time of a message outside its conversation; with the year where it is another one."""
    words = day_and_time(at, reader.zone)
    year = at.astimezone(reader.zone).year
    return words if year == now.astimezone(reader.zone).year else f"{words} {year}"
