"""What a page reports from within a session: what it sends, how its paths are, what is wrong."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from alcove.core import idempotency
from alcove.core.rate_limit import count_request
from alcove.live.access import Entry
from alcove.live.actions.join import connect_everybody, connect_readers
from alcove.live.errors import LevelTooHigh, NotHere
from alcove.live.models import Admission, LiveSession, Problem, Stay
from alcove.live.policies import is_within
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.models import Message


def note_media(*, entry: Entry, epoch: str, audio: bool, video: bool, screen: bool) -> None:
    """Keep what this page sends, for those who come later."""
    _stay(entry, epoch).update(sends_audio=audio, sends_video=video, sends_screen=screen)


def note_path(*, entry: Entry, epoch: str, to: str, state: str, now: dt.datetime) -> None:
    """Keep the first time that a path stood, and the last time that one failed.

    A path has two ends: what one page reports of it holds for both people, so that nobody's
    silence makes a session that took place look as if it had not.
    """
    own = _stay(entry, epoch)
    if state == "connected" and own.exists():
        sessions = LiveSession.objects.filter(appointment=entry.appointment)
        let_in = Admission.objects.filter(session__in=sessions).values("person")
        other = Stay.objects.filter(session__in=sessions, role=to, person__in=let_in, left_at=None)
        for end in (own, other):
            end.filter(connected_at=None).update(connected_at=now)
    elif state == "failed":
        own.update(path_failed_at=now)


def _stay(entry: Entry, epoch: str) -> QuerySet[Stay]:
    return Stay.objects.filter(
        session__appointment=entry.appointment, person=entry.person, epoch=epoch, left_at=None
    )


@transaction.atomic
def change_level(*, entry: Entry, level: str, now: dt.datetime) -> str:
    """Let the session use this level from now on; LevelTooHigh above what was booked."""
    if not is_within(level, entry.appointment.modality):
        raise LevelTooHigh
    session = _session(entry)
    if session.level != level:
        session.level = level
        session.save(update_fields=["level"])
    connect_readers(session, now)
    return level


def write(*, entry: Entry, id_: str, text: str, now: dt.datetime) -> Message:
    """Leave words in the room from within the session; the same id again finds the same message.

    Raises what ``post_message`` raises, and TooManyRequests.
    """
    count_request("post", entry.person.key, limit=settings.POSTS_PER_MINUTE, now=now)

    def post() -> str:
        message = post_message(
            actor=entry.person, room_code=entry.appointment.room.code, text=text, now=now
        )
        connect_everybody(_session(entry), now)
        return str(message.pk)

    number = idempotency.once(
        entry.person.key, f"live:{entry.appointment.code}#{id_}", post, now=now
    )
    return Message.objects.select_related("author").get(pk=number)


def report_problem(*, entry: Entry, kind: str, words: str, now: dt.datetime) -> Problem:
    """Keep a report for the practice; NotHere from somebody who never joined."""
    count_request("problem", entry.person.key, limit=10, now=now)
    return Problem.objects.create(
        session=_session(entry),
        person=entry.person,
        kind=kind,
        words=words.replace("\x00", "").strip(),
        reported_at=now,
    )


def _session(entry: Entry) -> LiveSession:
    session = LiveSession.objects.filter(appointment=entry.appointment).first()
    if session is None:
        raise NotHere
    return session
