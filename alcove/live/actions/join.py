"""Coming in, being let in, staying, going."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from alcove.booking.models import Appointment
from alcove.core.errors import NotAllowed
from alcove.live.access import Entry, require_open
from alcove.live.errors import JoinedElsewhere
from alcove.live.models import Admission, LiveSession, Stay
from alcove.live.policies import PRESENCE
from alcove.people.models import Person
from alcove.rooms.models import Membership

# How a stay ends that nobody renews.
AS_LAST_SEEN: dict[str, Any] = {
    "left_at": Greatest(F("seen_at"), F("joined_at")),
    "socket": "",
}


@dataclass(frozen=True, slots=True)
class Joined:
    """A stay that stands, and the epoch of the page that it took over from, if any."""

    stay: Stay
    replaced: str | None
    is_admitted: bool


@transaction.atomic
def join_session(
    *, entry: Entry, epoch: str, device: str, socket: str, take_over: bool, now: dt.datetime
) -> Joined:
    """Begin a stay, or confirm the one of this page; the provider is let in by it.

    A page of another device is replaced only with ``take_over``; that of the same tab (a reload)
    always. Raises NotOpen, Over or JoinedElsewhere.
    """
    require_open(entry)
    session = _session_of(entry.appointment, now)
    replaced = None
    stay = _open_stay(session, entry.person, now)
    if stay is not None and stay.epoch != epoch:
        if stay.device != device and not take_over:
            raise JoinedElsewhere
        end_stay(stay, now)
        replaced, stay = stay.epoch, None
    if stay is None:
        stay = Stay.objects.create(
            session=session,
            person=entry.person,
            role=entry.role,
            epoch=epoch,
            device=device,
            socket=socket,
            joined_at=now,
            seen_at=now,
        )
    else:
        renew_stay(entry=entry, epoch=epoch, socket=socket, now=now)
    if entry.lets_in or entry.practice.lets_in_automatically:
        _admit(session, entry.person, by=None, now=now)
    is_admitted = Admission.objects.filter(session=session, person=entry.person).exists()
    connect_readers(session, now)
    return Joined(stay, replaced, is_admitted)


def _session_of(appointment: Appointment, now: dt.datetime) -> LiveSession:
    """The meeting, its row locked: two devices of one person join one after the other."""
    session, _ = LiveSession.objects.get_or_create(
        appointment=appointment, defaults={"level": appointment.modality, "opened_at": now}
    )
    return LiveSession.objects.select_for_update().get(pk=session.pk)


def _open_stay(session: LiveSession, person: Person, now: dt.datetime) -> Stay | None:
    """The stay that lasts; one that nobody renews is ended where it was last seen."""
    stay = Stay.objects.filter(session=session, person=person, left_at=None).first()
    if stay is None or stay.seen_at >= now - PRESENCE:
        return stay
    end_stay(stay, stay.seen_at)
    return None


def end_stay(stay: Stay, at: dt.datetime) -> None:
    """End a stay that lasts, at this instant but not before it began."""
    Stay.objects.filter(pk=stay.pk, left_at=None).update(left_at=max(at, stay.joined_at), socket="")


@transaction.atomic
def let_in(*, entry: Entry, role: str, now: dt.datetime) -> bool:
    """Let the holder of a role in, as the provider; whether somebody was waiting there."""
    if not entry.lets_in:
        raise NotAllowed
    stay = Stay.objects.filter(
        session__appointment=entry.appointment, role=role, left_at=None
    ).first()
    if stay is None:
        return False
    _admit(stay.session, stay.person, by=entry.person, now=now)
    connect_readers(stay.session, now)
    return True


def _admit(session: LiveSession, person: Person, *, by: Person | None, now: dt.datetime) -> None:
    Admission.objects.get_or_create(
        session=session, person=person, defaults={"let_in_by": by, "let_in_at": now}
    )


def connect_readers(session: LiveSession, now: dt.datetime) -> None:
    """Where the session is by chat, being let in is being connected: no path is needed."""
    if session.level == "chat":
        connect_everybody(session, now)


def connect_everybody(session: LiveSession, now: dt.datetime) -> None:
    """Note that those who are in reach each other, when the provider is one of two at least.

    A couple among themselves is no session.
    """
    inside = Stay.objects.filter(
        session=session, left_at=None, person__in=session.admissions.values("person")
    )
    roles = set(inside.values_list("role", flat=True))
    if len(roles) > 1 and Membership.Role.PROVIDER in roles:
        inside.filter(connected_at=None).update(connected_at=now)


def renew_stay(*, entry: Entry, epoch: str, socket: str, now: dt.datetime) -> bool:
    """Renew the presence of a page by its socket; False when its stay is over."""
    renewed = _open_stay_of(entry, epoch).update(seen_at=now, socket=socket)
    return renewed > 0


def end_lost(*, entry: Entry, now: dt.datetime) -> list[str]:
    """End the stays of this session that nobody renews any more; whose they were, by role.

    Whoever is still in does this for the others: the words "here" or "away" on a page, and the
    sound that flows from it, must not outlast what the server has on record.
    """
    sessions = LiveSession.objects.filter(appointment=entry.appointment)
    lost = Stay.objects.filter(session__in=sessions, left_at=None, seen_at__lt=now - PRESENCE)
    # Whoever is renewed between the two statements stays.
    return [stay.role for stay in lost if lost.filter(pk=stay.pk).update(**AS_LAST_SEEN)]


def lose_socket(*, entry: Entry, epoch: str, socket: str, now: dt.datetime) -> bool:
    """Note that the socket of a stay is gone, unless the page has another one by now.

    Until this instant it stood: the page was seen as long as that.
    """
    lost = _open_stay_of(entry, epoch).filter(socket=socket).update(socket="", seen_at=now)
    return lost > 0


def leave_session(*, entry: Entry, epoch: str, now: dt.datetime) -> bool:
    """End the stay of a page; whether there was one. Again has no second effect."""
    left = (
        _open_stay_of(entry, epoch)
        .filter(joined_at__lte=now)
        .update(left_at=now, seen_at=now, socket="")
    )
    return left > 0


def _open_stay_of(entry: Entry, epoch: str) -> QuerySet[Stay]:
    # Without a join: PostgreSQL checks only a row's own columns again after waiting for somebody.
    sessions = LiveSession.objects.filter(appointment=entry.appointment)
    return Stay.objects.filter(session__in=sessions, person=entry.person, epoch=epoch, left_at=None)


def is_elsewhere(*, entry: Entry, epoch: str, device: str, now: dt.datetime) -> bool:
    """Whether another device of this person is in the session."""
    return (
        Stay.objects.filter(
            session__appointment=entry.appointment,
            person=entry.person,
            left_at=None,
            seen_at__gte=now - PRESENCE,
        )
        .exclude(epoch=epoch)
        .exclude(device=device)
        .exists()
    )
