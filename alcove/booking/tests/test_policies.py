"""The pure rules of booking, as tables."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from alcove.booking.policies import RoomFacts, common_offers, obstacle_to_booking

TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)
FINE = RoomFacts(
    is_closed=False,
    is_covered_from=TODAY,
    is_covered_before=None,
    is_unpaid=False,
    provider_active=True,
    provider_on_leave_until=None,
    has_offers=True,
)


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({}, None),
        ({"is_closed": True}, "closed"),
        ({"provider_active": False}, "provider_gone"),
        ({"is_covered_from": None}, "no_plan"),
        ({"is_covered_before": TODAY}, "coverage_ended"),
        ({"is_covered_before": TODAY + DAY}, None),
        ({"is_unpaid": True}, "unpaid"),
        ({"provider_on_leave_until": TODAY + DAY}, "on_leave"),
        ({"provider_on_leave_until": TODAY}, None),
        ({"has_offers": False}, "no_offers"),
        ({"is_closed": True, "is_unpaid": True, "has_offers": False}, "closed"),
        ({"is_unpaid": True, "is_covered_before": TODAY}, "coverage_ended"),
    ],
)
def test_first_obstacle_is_named(changes: dict[str, Any], obstacle: str | None) -> None:
    assert obstacle_to_booking(dataclasses.replace(FINE, **changes), TODAY) == obstacle


@pytest.mark.parametrize(
    ("plan", "provider", "common"),
    [
        ({"video": [30, 45]}, {"video": [45, 60]}, {"video": [45]}),
        ({"chat": [30], "video": [60, 30]}, {"video": [30, 60], "chat": [30]}, "in order"),
        ({"video": [30]}, {"video": [45]}, {}),
        ({"video": [30]}, {"audio": [30]}, {}),
        ({}, {"video": [30]}, {}),
        ({"fax": [30]}, {"fax": [30]}, {}),
    ],
)
def test_offers_are_those_of_plan_and_provider(plan: Any, provider: Any, common: Any) -> None:
    found = common_offers(plan, provider)

    expected = {"video": [30, 60], "chat": [30]} if common == "in order" else common
    assert list(found.items()) == list(expected.items())
