"""Who has messages that they have not seen for a while: one statement over rooms as they are now."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from alcove.live.models import Stay
from alcove.notifications.models import Nudge
from alcove.rooms.models import Membership, Message

# Who reads a message within this is told nothing; a talk to and fro leaves no mail.
TIME_TO_SEE = dt.timedelta(minutes=5)
# Older ones wait on the page: after a long silence of ours nobody is told of last month.
NEWS_FOR = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Unread:
    """A member whose room has something new since they last read it."""

    membership: int
    read_up_to: int
    room: str


def unread_rooms(now: dt.datetime, limit: int) -> list[Unread]:
    """Up to ``limit`` members with messages that are unseen and that they were not told of.

    Nobody is told while they are in the room's live session, nor of what was written while they
    were: they saw it there.
    """
    were_there = Stay.objects.filter(
        Q(left_at=None)
        | Q(joined_at__lte=OuterRef("written_at"), left_at__gte=OuterRef("written_at")),
        person=OuterRef("reader"),
        session__appointment__room=OuterRef("room"),
    )
    told = Nudge.objects.filter(membership=OuterRef("member"), read_up_to=OuterRef("seen"))
    rows = (
        Message.objects.filter(
            kind=Message.Kind.TEXT,
            written_at__gt=now - NEWS_FOR,
            written_at__lte=now - TIME_TO_SEE,
            room__memberships__person__is_active=True,
        )
        .annotate(
            member=F("room__memberships"),
            reader=F("room__memberships__person"),
            role=F("room__memberships__role"),
            joined_at=F("room__memberships__joined_at"),
            seen=F("room__memberships__read_up_to"),
        )
        .filter(pk__gt=F("seen"))
        .exclude(author=F("reader"))
        # A partner reads what was written since they joined.
        .filter(~Q(role=Membership.Role.PARTNER) | Q(written_at__gte=F("joined_at")))
        .filter(~Exists(told), ~Exists(were_there))
        .order_by("member")
        .values_list("member", "seen", "room__code")
        .distinct()
    )
    return [Unread(*row) for row in rows[:limit]]
