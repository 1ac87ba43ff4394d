"""The rules of booking as pure functions: plain values and ``now`` in, an answer out."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from alcove.availability.models import Modality, Offers
from alcove.billing.models import LateRule
from alcove.booking.errors import LateForStaff, WaivingIsForAdmins

Cost = Literal["free", "credit", "fee"]

# How long a ring waits for the provider's answer (R16).
RING_LASTS = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides the cost of a change: the terms the client read when booking."""

    is_confirmed: bool
    free_until: dt.datetime
    late_rule: str
    late_fee_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a change costs; shown before the click and applied by it, from the same value."""

    cost: Cost
    fee_minor: int = 0
    currency: str = ""

    @property
    def token(self) -> str:
        """A short text that a form carries, to prove which consequence the person was shown."""
        return f"fee:{self.fee_minor}:{self.currency}" if self.cost == "fee" else self.cost


FREE = Consequence("free")


def consequence_for_client(terms: Terms, now: dt.datetime) -> Consequence:
    """What a client's cancelling or moving costs at ``now`` (R13).

    An unconfirmed booking is always free, and so is every change up to and including the last
    free instant; later the credit is lost or the fee is due, as the plan said at booking.
    """
    if not terms.is_confirmed or now <= terms.free_until:
        return FREE
    if terms.late_rule == LateRule.FEE:
        return Consequence("fee", terms.late_fee_minor, terms.currency)
    return Consequence("credit")


def consequence_on_behalf(found: Consequence, *, is_admin: bool, waives: bool) -> Consequence:
    """What a change by staff costs the client, who would pay ``found`` for it themselves (R18).

    Free changes are staff's to make; others only an admin's, who may waive the cost. Raises
    WaivingIsForAdmins or LateForStaff.
    """
    if waives and not is_admin:
        raise WaivingIsForAdmins
    if found != FREE and not is_admin:
        raise LateForStaff
    return FREE if waives else found


def confirm_by(
    *,
    booked_at: dt.datetime,
    starts_at: dt.datetime,
    within: dt.timedelta,
    before_start: dt.timedelta,
    at_least: dt.timedelta,
) -> dt.datetime:
    """Until when the provider may answer: the earlier of two, never less than ``at_least``."""
    return max(min(booked_at + within, starts_at - before_start), booked_at + at_least)


def common_offers(plan: Offers, provider: Offers) -> dict[str, list[int]]:
    """Types and lengths that the plan includes and the provider offers (R5), types in order."""
    common = {
        str(modality): sorted(set(plan.get(modality, [])) & set(provider.get(modality, [])))
        for modality in Modality.values
    }
    return {modality: lengths for modality, lengths in common.items() if lengths}


@dataclass(frozen=True, slots=True)
class AttendanceFacts:
    """Who came to a session and whether they met, as the live room recorded it.

    ``together`` is how long the provider and a client were connected at the same time.
    """

    provider_came: bool
    client_came: bool
    connected: bool
    together: dt.timedelta
    path_failed: bool


Outcome = Literal["attended", "provider_absent", "client_absent", "not_connected"]

# Less than this together, and a path that failed, is no session.
ENOUGH_TOGETHER = dt.timedelta(minutes=5)


def outcome(facts: AttendanceFacts) -> Outcome:
    """What became of a session by its facts (product law, section 5: no-show, technology).

    Without a provider it is theirs, whoever else came; people who both came and could not be
    connected pay nothing; one who was alone with the provider's time is the provider's to judge.
    """
    if not facts.provider_came:
        return "provider_absent"
    if not facts.client_came:
        return "client_absent"
    if not facts.connected or (facts.path_failed and facts.together < ENOUGH_TOGETHER):
        return "not_connected"
    return "attended"


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What decides whether a room can be booked (R2); dates are of the practice's zone."""

    is_closed: bool
    is_covered_from: dt.date | None
    is_covered_before: dt.date | None
    is_unpaid: bool
    provider_active: bool
    provider_on_leave_until: dt.date | None
    has_offers: bool


Obstacle = Literal[
    "closed", "no_plan", "coverage_ended", "unpaid", "provider_gone", "on_leave", "no_offers"
]


def obstacle_to_booking(facts: RoomFacts, today: dt.date) -> Obstacle | None:
    """The first thing that stands in the way of booking in a room; None when nothing does."""
    ends, leave = facts.is_covered_before, facts.provider_on_leave_until
    ways: list[tuple[bool, Obstacle]] = [
        (facts.is_closed, "closed"),
        (not facts.provider_active, "provider_gone"),
        (facts.is_covered_from is None, "no_plan"),
        (ends is not None and today >= ends, "coverage_ended"),
        (facts.is_unpaid, "unpaid"),
        (leave is not None and today < leave, "on_leave"),
        (not facts.has_offers, "no_offers"),
    ]
    return next((obstacle for stands, obstacle in ways if stands), None)
