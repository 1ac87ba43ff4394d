"""Cards in the words, zone and language of their reader."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from alcove.rooms.cards import card_of

BERLIN, LIMA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Lima")
SESSION = {
    "code": "ABCDEFGHJKMN",
    "starts_at": "2026-03-05T09:00:00+00:00",
    "ends_at": "2026-03-05T09:45:00+00:00",
    "modality": "video",
    "status": "confirmed",
    "by": "client",
    "confirm_by": "2026-03-03T09:00:00+00:00",
}
IN_BERLIN = "Thu, Mar 5, 10:00 AM – 10:45 AM, Berlin (GMT+1)"


def card(kind: str, **more: Any) -> tuple[str, list[str]]:
    found = card_of({"kind": kind, **SESSION, **more}, BERLIN)
    return found.title, found.lines


def test_confirmed_card_speaks_the_readers_zone() -> None:
    assert card("appointment.confirmed") == (
        "Live session confirmed",
        ["Video session", IN_BERLIN],
    )
    there = card_of({"kind": "appointment.confirmed", **SESSION}, LIMA)
    assert there.lines[1] == "Thu, Mar 5, 4:00 AM – 4:45 AM, Lima (GMT-5)"
    assert (there.code, there.tone) == ("ABCDEFGHJKMN", "success")


def test_card_speaks_the_readers_hours_in_spanish() -> None:
    with translation.override("es"):
        found = card_of({"kind": "appointment.confirmed", **SESSION}, BERLIN)

    assert "10:00 – 10:45" in found.lines[1]


@pytest.mark.parametrize(
    ("kind", "more", "title", "notes"),
    [
        (
            "appointment.requested",
            {},
            "Live session requested",
            ["The provider answers by Tue, Mar 3, 10:00 AM."],
        ),
        (
            "appointment.rescheduled",
            {"former_starts_at": "2026-03-04T09:00:00+00:00"},
            "Live session moved to a new time",
            ["Before: Wed, Mar 4, 10:00 AM", "The provider answers by Tue, Mar 3, 10:00 AM."],
        ),
        (
            "appointment.declined",
            {},
            "Request declined",
            ["The time is free again and the session credit is back."],
        ),
        (
            "appointment.lapsed",
            {},
            "Request not answered in time",
            ["The provider did not answer by the deadline. The session credit is back."],
        ),
        ("appointment.cancelled", {}, "Live session cancelled", ["Cancelled by the client."]),
        (
            "appointment.cancelled",
            {"by": "provider"},
            "Live session cancelled",
            ["Cancelled by the provider."],
        ),
        ("appointment.completed", {}, "Live session completed", []),
        (
            "credit.restored",
            {},
            "A session credit came back",
            ["Somebody else took the time that was given up."],
        ),
        ("something.new", {}, "News about a live session", []),
    ],
)
def test_each_kind_has_its_words(
    kind: str, more: dict[str, str], title: str, notes: list[str]
) -> None:
    assert card(kind, **more) == (title, ["Video session", IN_BERLIN, *notes])


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": None, "starts_at": 5, "modality": ["video"]},
        {"kind": "appointment.requested", "starts_at": "soon", "confirm_by": "2026-03-03T09:00"},
    ],
)
def test_card_with_missing_or_strange_values_still_stands(data: dict[str, Any]) -> None:
    assert card_of(data, BERLIN).lines == []


@pytest.mark.parametrize(("kind", "how"), [("declined", "declined"), ("lapsed", "not answered")])
def test_card_of_a_ring_says_how_it_ended_and_leads_to_no_session(kind: str, how: str) -> None:
    data = {"kind": f"ring.{kind}", "ring": "RING", "modality": "video", "length_minutes": 45}

    found = card_of(data, BERLIN)

    assert found.title == f"Rang for a session at once: {how}"
    assert found.lines == ["Video session", "Nothing was spent."]
    assert found.code == ""
