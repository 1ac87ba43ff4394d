"""Reads about a live session: who is there, what was said, the facts of attendance."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from alcove.booking.models import Appointment, Status
from alcove.booking.policies import AttendanceFacts
from alcove.live.access import Entry
from alcove.live.models import Admission, LiveSession, Problem, Stay
from alcove.live.policies import Presence, State, facts_of
from alcove.live.protocol import Frame
from alcove.people.models import Practice
from alcove.rooms.access import messages_of
from alcove.rooms.models import Membership, Message

MOST_MESSAGES = 200


def state_of(stay: Stay | None, *, is_admitted: bool) -> State:
    """How far in the holder of this open stay is; without one they are absent."""
    if stay is None:
        return "absent"
    if not stay.socket:
        return "away"
    return "here" if is_admitted else "waiting"


def people_in(appointment: Appointment) -> dict[str, Frame]:
    """The person objects of the protocol by role: every member, there or not."""
    members = (
        Membership.objects.filter(room_id=appointment.room_id)
        .select_related("person")
        .order_by("pk")
    )
    stays = {
        stay.person_id: stay
        for stay in Stay.objects.filter(session__appointment=appointment, left_at=None)
    }
    admitted = set(
        Admission.objects.filter(session__appointment=appointment).values_list(
            "person_id", flat=True
        )
    )
    return {
        member.role: _person(
            member, stays.get(member.person_id), is_admitted=member.person_id in admitted
        )
        for member in members
    }


def absent(role: str, name: str = "") -> Frame:
    """The person object of somebody who is not there, or not a member any more."""
    return {
        "role": role,
        "name": name,
        "state": "absent",
        "epoch": None,
        "audio": False,
        "video": False,
        "screen": False,
    }


def _person(member: Membership, stay: Stay | None, *, is_admitted: bool) -> Frame:
    return {
        "role": member.role,
        "name": member.person.name,
        "state": state_of(stay, is_admitted=is_admitted),
        "epoch": stay.epoch if stay else None,
        "audio": bool(stay and stay.sends_audio),
        "video": bool(stay and stay.sends_video),
        "screen": bool(stay and stay.sends_screen),
    }


def session_object(entry: Entry, *, now: dt.datetime) -> Frame:
    """The session object of the protocol."""
    appointment = entry.appointment
    level = (
        LiveSession.objects.filter(appointment=appointment).values_list("level", flat=True).first()
    )
    return {
        "code": appointment.code,
        "modality": appointment.modality,
        "level": level or appointment.modality,
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "closes_at": entry.closes_at.isoformat(),
        "now": now.isoformat(),
        "status": appointment.status,
    }


def messages_since(entry: Entry, number: int) -> list[Frame]:
    """What was written in the room since the door opened, above the number the page has."""
    written = (
        messages_of(entry.person)
        .filter(
            room_id=entry.appointment.room_id,
            kind=Message.Kind.TEXT,
            pk__gt=number,
            written_at__gte=entry.opens_at,
        )
        # Files alone are looked at in the room.
        .exclude(body="")
        .select_related("author")
        .order_by("-pk")[:MOST_MESSAGES]
    )
    roles = dict(
        Membership.objects.filter(room_id=entry.appointment.room_id).values_list(
            "person_id", "role"
        )
    )
    return [
        message_object(message, roles.get(message.author_id or 0, "")) for message in written[::-1]
    ]


def message_object(message: Message, role: str, id_: str | None = None) -> Frame:
    """The message object of the protocol."""
    return {
        "number": message.pk,
        "id": id_,
        "from": role,
        "name": message.author.name if message.author else "",
        "text": message.body,
        "at": message.written_at.isoformat(),
    }


def presence(stay: Stay) -> Presence:
    """The stay as the rules take it; one that still lasts counts until it was last seen."""
    return Presence(
        role=stay.role,
        since=stay.joined_at,
        until=stay.left_at or stay.seen_at,
        connected_at=stay.connected_at,
        path_failed=stay.path_failed_at is not None,
    )


def stays_of(appointment: Appointment) -> list[Stay]:
    """Every stay of the session, first come first."""
    return list(
        Stay.objects.filter(session__appointment=appointment)
        .select_related("person")
        .order_by("joined_at", "pk")
    )


def attendance_facts(
    appointment: Appointment, stays: Iterable[Stay], practice: Practice
) -> AttendanceFacts:
    """What the stays of one session come to."""
    return facts_of(
        map(presence, stays),
        starts_at=appointment.starts_at,
        waits_at_least=dt.timedelta(minutes=practice.no_show_after_minutes),
    )


def facts_for_people(appointment: Appointment, practice: Practice) -> dict[str, object]:
    """The facts as plain JSON, to be kept with a mark or shown to staff; instants are ISO."""
    return {
        "opens_at": practice.opens_at(appointment.starts_at).isoformat(),
        "closes_at": practice.closes_at(appointment.ends_at).isoformat(),
        "stays": [
            {
                "role": stay.role,
                "name": stay.person.name,
                "from": stay.joined_at.isoformat(),
                "until": (stay.left_at or stay.seen_at).isoformat(),
                "connected_at": stay.connected_at.isoformat() if stay.connected_at else None,
                "path_failed": stay.path_failed_at is not None,
            }
            for stay in stays_of(appointment)
        ],
    }


def sessions_to_settle(practice: Practice, now: dt.datetime, most: int) -> list[Appointment]:
    """Confirmed sessions whose end plus grace has passed, with their stays loaded."""
    return list(
        Appointment.objects.filter(
            status=Status.CONFIRMED,
            ends_at__lte=now - dt.timedelta(minutes=practice.join_after_minutes),
        )
        .select_related("room", "provider")
        .prefetch_related(Prefetch("live_session__stays", queryset=Stay.objects.order_by("pk")))
        .order_by("ends_at")[:most]
    )


def problems(*, are_handled: bool) -> QuerySet[Problem]:
    """What was reported from within sessions and waits for staff, or is seen to; the latest first."""
    rows = Problem.objects.filter(handled_at__isnull=not are_handled)
    return rows.select_related("person", "handled_by", "session__appointment").order_by(
        "-reported_at", "-pk"
    )
