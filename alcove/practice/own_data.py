"""Everything that is held about one person, for themself: by section, in plain values.

Other people's words are in it only where the person can read them anyway: in their rooms.
"""

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from alcove.availability.models import (
    AvailabilityRule,
    BusyBlock,
    DateOverride,
    ProviderCalendar,
    TimeOff,
)
from alcove.billing.models import (
    CreditEntry,
    FeeConsent,
    LateFee,
    Purchase,
    Refund,
    SavedMethod,
)
from alcove.booking.access import appointments_of
from alcove.booking.models import NoShow, Ring, TimeProposal, TimeWish
from alcove.core.models import AuditRow
from alcove.live.models import Problem, Stay
from alcove.notifications.models import Delivery, Notice, Preferences, PushDevice, SwitchedOff
from alcove.people.models import DeletionRequest, Person
from alcove.people.roles import roles_of
from alcove.rooms.access import messages_of, rooms_of
from alcove.rooms.models import Draft, Invitation, Membership
from alcove.support.models import SupportRequest

Row = dict[str, Any]


def everything_about(person: Person) -> dict[str, list[Row]]:
    """By section; instants as ISO texts in UTC."""
    sections = {
        "person": [_person(person)],
        "sign_in": _sign_in(person),
        "rooms": _rooms(person),
        "messages": _messages(person),
        "drafts": [
            {"room": draft.membership.room.code, "text": draft.body}
            for draft in Draft.objects.filter(membership__person=person).select_related(
                "membership__room"
            )
        ],
        "invitations": _values(
            Invitation.objects.filter(invited_by=person), "address", "invited_at", "expires_at"
        ),
        "sessions": _sessions(person),
        "attendance": _values(
            Stay.objects.filter(person=person),
            "session__appointment__code",
            "joined_at",
            "left_at",
            "connected_at",
        ),
        "problems_reported": _values(
            Problem.objects.filter(person=person), "kind", "words", "reported_at"
        ),
        "credits": _values(
            CreditEntry.objects.filter(room__owner=person),
            "room__code",
            "kind",
            "available",
            "held",
            "expires_at",
            "written_at",
        ),
        "late_fees": _values(
            LateFee.objects.filter(room__owner=person), "amount_minor", "currency", "due_at"
        ),
        "payments": _values(
            Purchase.objects.filter(buyer=person),
            "code",
            "item",
            "count",
            "amount_minor",
            "currency",
            "way",
            "state",
            "opened_at",
            "paid_at",
        ),
        "refunds": _values(
            Refund.objects.filter(purchase__buyer=person),
            "amount_minor",
            "purchase__currency",
            "state",
            "asked_at",
            "done_at",
        ),
        # The number of a card is with the payment service alone.
        "ways_to_pay": _values(SavedMethod.objects.filter(person=person), "label", "saved_at"),
        "fees_agreed_to": _values(
            FeeConsent.objects.filter(person=person),
            "method_label",
            "amount_minor",
            "currency",
            "agreed_at",
        ),
        "rings": _values(Ring.objects.filter(rung_by=person), "modality", "rung_at", "answer"),
        "times_looked_for": _values(
            TimeProposal.objects.filter(opened_by=person),
            "code",
            "room__code",
            "words",
            "state",
            "opened_at",
        ),
        "times_offered": _values(
            TimeProposal.objects.filter(room__provider=person).exclude(words=""),
            "code",
            "room__code",
            "words",
            "opened_at",
        ),
        "missed_sessions": _missed(person),
        "times_that_suit": [
            {
                "words": wish.words,
                "zone": wish.zone,
                "times": [str(time) for time in wish.times.all()],
            }
            for wish in TimeWish.objects.filter(person=person).prefetch_related("times")
        ],
        "calendar": _values(
            ProviderCalendar.objects.filter(provider=person),
            "time_zone",
            "headline",
            "offers",
            "step_minutes",
            "horizon_days",
            "daily_limit",
        ),
        **_hours(person),
        "preferences": _values(
            Preferences.objects.filter(person=person),
            "is_discreet",
            "lead_minutes",
            "quiet_from",
            "quiet_until",
        ),
        "switched_off": _values(SwitchedOff.objects.filter(person=person), "kind", "channel"),
        "devices": _values(PushDevice.objects.filter(person=person), *DEVICE),
        "news": _values(Notice.objects.filter(person=person), "title", "happened_at", "seen_at"),
        "letters": _values(
            Delivery.objects.filter(person=person), "channel", "subject", "text", "created_at"
        ),
        "support": _questions(person),
        "deletion_requests": _values(
            DeletionRequest.objects.filter(person=person),
            "words",
            "asked_at",
            "closed_at",
            "outcome",
            "answer",
        ),
        # What the practice did and looked at; why is the practice's own record.
        "looks_and_acts_of_the_practice": _values(
            AuditRow.objects.filter(subject__in=_keys(person)).order_by("sequence"),
            "subject",
            "act",
            "happened_at",
        ),
    }
    return {name: rows for name, rows in sections.items() if rows}


DEVICE = ("name", "added_at")


def _person(person: Person) -> Row:
    return {
        "name": person.name,
        "email": person.email,
        "time_zone": person.time_zone,
        "language": person.language,
        "roles": roles_of(person),
        "joined_at": _plain(person.joined_at),
        "last_login": _plain(person.last_login),
    }


def _sign_in(person: Person) -> list[Row]:
    """By which means they sign in; secrets stay secret."""
    addresses = EmailAddress.objects.filter(user=person)
    means = Authenticator.objects.filter(user=person)
    return [
        *({"means": "mailed code", "address": one.email} for one in addresses),
        *({"means": one.type, "added_at": _plain(one.created_at)} for one in means),
    ]


def _rooms(person: Person) -> list[Row]:
    rows = Membership.objects.filter(person=person).select_related(
        "room__owner", "room__provider", "room__entitlement__plan"
    )
    return [
        {
            "code": one.room.code,
            "kind": one.room.kind,
            "role": one.role,
            "client": one.room.owner.name,
            "provider": one.room.provider.name,
            "plan": one.room.entitlement.plan.name if hasattr(one.room, "entitlement") else "",
            "joined_at": _plain(one.joined_at),
            "closed_at": _plain(one.room.closed_at),
        }
        for one in rows.order_by("room_id")
    ]


def _messages(person: Person) -> list[Row]:
    rows = (
        messages_of(person)
        .filter(kind="text")
        .select_related("room", "author")
        .prefetch_related("attachments")
        .order_by("id")
    )
    return [
        {
            "room": one.room.code,
            "by": one.author.name if one.author else "",
            "is_own": one.author_id == person.pk,
            "text": one.body,
            "files": [file.name for file in one.attachments.all()],
            "written_at": _plain(one.written_at),
        }
        for one in rows
    ]


def _sessions(person: Person) -> list[Row]:
    rows = appointments_of(person).select_related("ending__reason").order_by("starts_at")
    return [
        {
            "code": one.code,
            "room": one.room.code,
            "provider": one.provider.name,
            "type": one.modality,
            "starts_at": _plain(one.starts_at),
            "ends_at": _plain(one.ends_at),
            "status": one.status,
            "booked_at": _plain(one.booked_at),
            "reason": _reason(one),
        }
        for one in rows
    ]


def _missed(person: Person) -> list[Row]:
    """The sessions that were marked as missed; what somebody else said against it is theirs."""
    rows = NoShow.objects.filter(appointment__in=appointments_of(person).order_by().values("pk"))
    return [
        {
            "session": one.appointment.code,
            "marked_at": _plain(one.marked_at),
            "disputed_at": _plain(one.disputed_at),
            "own_words": one.dispute_words if one.disputed_by_id == person.pk else "",
            "verdict": one.verdict,
            "cost": one.cost,
        }
        for one in rows.select_related("appointment").order_by("pk")
    ]


def _hours(person: Person) -> dict[str, list[Row]]:
    """When a provider works and does not, in their own calendar's wall time."""
    own = {"calendar__provider": person}
    return {
        "weekly_hours": _values(
            AvailabilityRule.objects.filter(**own),
            "weekday",
            "start_minute",
            "end_minute",
            "modalities",
        ),
        "hours_of_dates": _values(
            DateOverride.objects.filter(**own), "date", "start_minute", "end_minute", "modalities"
        ),
        "time_off": _values(TimeOff.objects.filter(**own), "starts_at", "ends_at", "note"),
        "busy_times": _values(BusyBlock.objects.filter(**own), "starts_at", "ends_at", "source"),
    }


def _questions(person: Person) -> list[Row]:
    asked = SupportRequest.objects.filter(asked_by=person).prefetch_related("further_answers")
    return [
        {
            "words": one.words,
            "page": one.page,
            "address": one.address,
            "asked_at": _plain(one.asked_at),
            "state": one.state,
            "answers": [
                words
                for words in (one.answer, *(a.words for a in one.further_answers.all()))
                if words
            ],
            "settled_at": _plain(one.settled_at),
        }
        for one in asked.order_by("pk")
    ]


def _keys(person: Person) -> list[str]:
    """The keys of themself, of their rooms and sessions, and of what they asked."""
    codes = {
        "room": rooms_of(person).values_list("code", flat=True),
        "appointment": appointments_of(person).values_list("code", flat=True),
        "support": SupportRequest.objects.filter(asked_by=person).values_list("code", flat=True),
    }
    return [person.key, *(f"{kind}:{code}" for kind, found in codes.items() for code in found)]


def _reason(appointment: Any) -> str:
    ending = getattr(appointment, "ending", None)
    if ending is None:
        return ""
    listed = ending.reason.text_en if ending.reason else ""
    return " ".join(part for part in (listed, ending.words) if part)


def _values(rows: Any, *fields: str) -> list[Row]:
    return [
        {field.rpartition("__")[2]: _plain(value) for field, value in row.items()}
        for row in rows.values(*fields)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime | dt.date | dt.time) else value
