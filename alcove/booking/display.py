"""Appointments in the words and shapes that the pages show."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcove.availability.models import Modality
from alcove.billing.models import LateRule
from alcove.billing.queries import CreditStanding
from alcove.booking.models import Appointment, NoShow, SlotHold, Status
from alcove.booking.policies import FREE, Consequence, Terms, consequence_for_client
from alcove.core.formats import day_and_time, format_money, long_day
from alcove.core.templatetags.times import reader_zone
from alcove.people.models import Person, Practice
from alcove.rooms.models import Membership, Room


@dataclass(frozen=True, slots=True)
class Card:
    """One live session as an item of a list; see components/appointment_card.html."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    modality: str
    what: str
    with_whom: str
    status: str
    status_label: str
    url: str
    note: str


def with_members(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """The same with everybody of each room; one statement for all of them."""
    people = Membership.objects.select_related("person").order_by("role")
    return appointments.prefetch_related(Prefetch("room__memberships", queryset=people))


def card(appointment: Appointment, reader: Person) -> Card:
    """The appointment as this member of its room sees it."""
    return Card(
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        modality=appointment.modality,
        what=session_words(appointment.modality, appointment.length_minutes),
        with_whom=with_whom(appointment.room, reader),
        status=appointment.status,
        status_label=status_label(appointment, reader),
        url=reverse("booking:appointment", args=[appointment.code]),
        note=waiting_note(appointment, reader),
    )


@dataclass(frozen=True, slots=True)
class Door:
    """The way into a confirmed session (R14): its page, and from when on it is open."""

    url: str
    opens_at: dt.datetime
    is_open: bool
    # Within a day of it: earlier, a list says nothing of joining.
    is_soon: bool


def door_of(appointment: Appointment, practice: Practice, now: dt.datetime) -> Door | None:
    """The door of a confirmed session until it closes for good; None for all others."""
    is_over = now >= practice.closes_at(appointment.ends_at)
    if appointment.status != Status.CONFIRMED or is_over:
        return None
    opens_at = practice.opens_at(appointment.starts_at)
    return Door(
        url=reverse("live:session", args=[appointment.code]),
        opens_at=opens_at,
        is_open=now >= opens_at,
        is_soon=now >= opens_at - dt.timedelta(days=1),
    )


def session_words(modality: str, minutes: int) -> str:
    """Such as "Video, 45 minutes"."""
    return _("%(type)s, %(length)s") % {
        "type": Modality(modality).label,
        "length": minutes_words(minutes),
    }


def minutes_words(minutes: int) -> str:
    """Such as "45 minutes"."""
    return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}


def offers_words(offers: dict[str, list[int]]) -> str:
    """Such as "Video: 45 or 60 minutes · Audio: 45 minutes", in the order of the types."""
    words = []
    # Not in their own order: PostgreSQL keeps none.
    for modality in (one for one in Modality if offers.get(one)):
        *rest, last = (str(minutes) for minutes in sorted(offers[modality]))
        several = _("%(some)s or %(last)s") % {"some": ", ".join(rest), "last": last}
        words.append(
            ngettext("%(type)s: %(length)s minute", "%(type)s: %(length)s minutes", int(last))
            % {"type": modality.label, "length": several if rest else last}
        )
    return " · ".join(words)


def with_whom(room: Room, reader: Person) -> str:
    """The other members' names; the provider's first."""
    memberships = sorted(room.memberships.all(), key=lambda one: one.role != "provider")
    names = [one.person.name for one in memberships if one.person_id != reader.pk]
    if len(names) == 2:
        return _("%(one)s and %(other)s") % {"one": names[0], "other": names[1]}
    return ", ".join(names)


def status_label(appointment: Appointment, reader: Person) -> str:
    """The state in words; a provider is told that it is their turn."""
    if appointment.status == Status.REQUESTED and reader.pk == appointment.provider_id:
        return _("Waiting for your answer")
    return appointment.get_status_display()


def waiting_note(appointment: Appointment, reader: Person) -> str:
    """Until when a request waits, and what happens then; nothing for others (R9)."""
    if appointment.status != Status.REQUESTED:
        return ""
    until = {"until": day_and_time(appointment.confirm_by, reader_zone())}
    if reader.pk == appointment.provider_id:
        return _("Please answer by %(until)s.") % until
    return _("%(name)s answers by %(until)s. After that the request ends at no cost.") % {
        "name": appointment.provider.name,
        **until,
    }


@dataclass(frozen=True, slots=True)
class SchedulerStanding:
    """Whether the reader schedules, and who does in the rooms where they are the partner (R3)."""

    can_schedule: bool
    has_rooms: bool
    owners: str


def scheduler_standing(roles: Iterable[Membership], reader: Person) -> SchedulerStanding:
    """What Schedule says about booking; ``roles`` are the reader's memberships."""
    found = list(roles)
    owners = sorted({role.room.owner.name for role in found if role.role == "partner"})
    return SchedulerStanding(
        can_schedule=any(role.role == "owner" for role in found),
        has_rooms=bool(found),
        owners=", ".join(owners),
    )


def credit_words(standing: CreditStanding) -> str:
    """How many credits are left, or what the plan includes and when the next ones come (R4)."""
    left = standing.balance.available
    if left:
        return ngettext(
            "%(left)s session credit left.",
            "%(left)s session credits left.",
            left,
        ) % {"left": left}
    plan = {"plan": standing.plan_name, "number": standing.credits_per_period}
    words = [_("There is no session credit left for this room.")]
    if standing.credits_per_period:
        words.append(
            ngettext(
                "Your plan “%(plan)s” includes %(number)s session credit each period.",
                "Your plan “%(plan)s” includes %(number)s session credits each period.",
                standing.credits_per_period,
            )
            % plan
        )
    else:
        words.append(_("Your plan “%(plan)s” includes no session credits.") % plan)
    if standing.extra_price:
        words.append(_("A further one costs %(price)s.") % {"price": standing.extra_price})
    if standing.next_grant_at:
        words.append(
            _("The next ones come on %(day)s.")
            % {"day": long_day(standing.next_grant_at, reader_zone())}
        )
    elif not standing.extra_price:
        words.append(_("No further ones are due: ask the practice to renew your plan."))
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class PolicyWords:
    """The cancellation policy in full, from the values that will be applied (R7, R13)."""

    headline: str  # names the exact moment until which changes are free, or that it has passed
    lines: list[str]


def policy_words(
    terms: Terms, notice_hours: int, provider: str, *, now: dt.datetime
) -> PolicyWords:
    """What a change will cost and until when it is free, for a session under these terms."""
    known = {"hours": notice_hours, "name": provider}
    until = day_and_time(terms.free_until, reader_zone()) if now <= terms.free_until else ""
    if until:
        headline = _("Changes are free until %(until)s.") % {"until": until}
    elif terms.is_confirmed:
        headline = _("This session starts in less than %(hours)s hours.") % known
    else:
        headline = (
            _(
                "This session starts in less than %(hours)s hours. Once %(name)s has confirmed "
                "it, changes are no longer free."
            )
            % known
        )
    lines = [_late_words(terms, is_late_now=not until and terms.is_confirmed)]
    if not terms.is_confirmed:
        lines.append(_("Until %(name)s has confirmed, cancelling is always free.") % known)
    lines.append(
        _("If %(name)s or the practice cancels, your session credit always comes back.") % known
    )
    if terms.late_rule == LateRule.CREDIT:
        lines.append(
            _(
                "A credit that you lose comes back by itself when somebody else takes the time "
                "you gave up."
            )
        )
    return PolicyWords(headline, lines)


def change_words(terms: Terms, *, now: dt.datetime) -> str:
    """What moving or cancelling a confirmed session costs its client, by the policy at ``now``.

    Moments are named, so that the words hold whenever they are read; no person is.
    """
    if consequence_for_client(terms, now) != FREE:
        return _late_words(terms, is_late_now=True)
    free = _("Changes are free until %(until)s.") % {
        "until": day_and_time(terms.free_until, reader_zone())
    }
    return f"{free} {_late_words(terms, is_late_now=False)}"


def _late_words(terms: Terms, *, is_late_now: bool) -> str:
    if terms.late_rule == LateRule.FEE:
        words = (
            _("If you reschedule or cancel it, a fee of %(amount)s applies.")
            if is_late_now
            else _("After that, rescheduling or cancelling costs a fee of %(amount)s.")
        )
        return words % {"amount": format_money(terms.late_fee_minor, terms.currency)}
    if is_late_now:
        return _("If you reschedule or cancel it, you will lose 1 session credit.")
    return _("After that, rescheduling or cancelling costs 1 session credit.")


def terms_of(appointment: Appointment) -> Terms:
    """The terms that an appointment carries."""
    return Terms(
        is_confirmed=appointment.status == Status.CONFIRMED,
        free_until=appointment.free_until,
        late_rule=appointment.late_rule,
        late_fee_minor=appointment.late_fee_minor,
        currency=appointment.currency,
    )


def terms_to_be(hold: SlotHold, practice: Practice, *, is_automatic: bool) -> Terms:
    """The terms that booking this hold would fix; confirmed at once where that is automatic."""
    plan = hold.room.entitlement.plan
    return Terms(
        is_confirmed=is_automatic,
        free_until=hold.starts_at - practice.notice,
        late_rule=plan.late_rule,
        late_fee_minor=plan.late_fee_minor,
        currency=plan.currency,
    )


def cancel_words(consequence: Consequence, appointment: Appointment, *, by_provider: bool) -> str:
    """The exact consequence of cancelling now, before the click (R12)."""
    if by_provider:
        return _("This is free for %(name)s: the session credit comes back.") % {
            "name": appointment.room.owner.name
        }
    if consequence.cost == "fee":
        return _(
            "If you cancel now, a fee of %(amount)s applies. Your session credit comes back."
        ) % {"amount": format_money(consequence.fee_minor, consequence.currency)}
    if consequence.cost == "credit":
        return _("If you cancel now, you will lose 1 session credit.")
    return _("Cancelling now is free. Your session credit comes back.")


def move_words(consequence: Consequence) -> str:
    """The exact consequence of moving now, before the click (R11)."""
    if consequence.cost == "fee":
        return _("If you move it now, a fee of %(amount)s applies.") % {
            "amount": format_money(consequence.fee_minor, consequence.currency)
        }
    if consequence.cost == "credit":
        return _("You will lose 1 session credit, and the new time takes another one.")
    return _("Moving now is free. Your session credit stays with this session.")


@dataclass(frozen=True, slots=True)
class Missed:
    """A session that was marked as missed, for one reader: ``stakes`` is what it costs, if it stays so."""

    mark: NoShow
    stakes: str
    may_dispute: bool


def missed(appointment: Appointment, reader: Person, now: dt.datetime) -> Missed | None:
    """Where the mark as missed stands for this reader; None for a session that was not missed."""
    if appointment.status != Status.NO_SHOW:
        return None
    mark = NoShow.objects.filter(appointment=appointment).first()
    if mark is None:
        return None
    return Missed(
        mark=mark,
        stakes=stakes_words(appointment),
        may_dispute=reader.pk != appointment.provider_id and mark.is_disputable_at(now),
    )


def stakes_words(appointment: Appointment) -> str:
    """What a no-show costs the client, by the rule that they read when booking (R13)."""
    if appointment.late_rule == LateRule.FEE:
        return _("Once final, a fee of %(amount)s is due and the session credit comes back.") % {
            "amount": format_money(appointment.late_fee_minor, appointment.currency)
        }
    return _("Once final, it costs 1 session credit.")


def cost_words(cost: str, appointment: Appointment) -> str:
    """What an ending or a move has cost, from an Ending's cost or an event's token."""
    kind = cost.split(":", 1)[0]
    if kind == "fee":
        return _("A fee of %(amount)s applies.") % {
            "amount": format_money(appointment.late_fee_minor, appointment.currency)
        }
    if kind == "credit":
        return _("1 session credit was lost.")
    return _("It was free.")
