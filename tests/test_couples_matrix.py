"""Who sees and does what in a couples room: docs/couples.md as a table, asked cell by cell.

Paul joined on Thursday at eight. Cora and Petra had met in the room on Wednesday without him.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from alcove.booking.actions.answer_proposal import refuse_times
from alcove.booking.models import Appointment, TimeProposal
from alcove.booking.tests.test_find_a_time import offer
from alcove.people.models import Person
from alcove.rooms.actions.keep_draft import keep_draft
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.files import PDF, CheckedFile
from alcove.rooms.models import Attachment, Membership, Room
from tests.cast import Cast, at, book, book_confirmed, make_person, make_room
from tests.couples import invited, partners_own_session
from tests.untouched import every_row

WHO = ("client", "partner", "provider", "stranger")
JOINED, THEN = at(5, 8), at(5, 10)
BEFORE, SINCE = "Said between the two of us", "Said by the three of us"
KIM = "kim@example.org"


@dataclass(frozen=True)
class World:
    """The cast, and what there is to see."""

    cast: Cast
    past: Appointment
    requested: Appointment
    confirmed: Appointment
    partners_room: Room
    partners_session: Appointment
    inviting_room: Room
    files: list[str]
    former: TimeProposal
    offered: TimeProposal

    def answer(self, person: Person, name: str, *args: str, query: str = "") -> tuple[int, str]:
        """Status and text of a page."""
        client = Client()
        client.force_login(person)
        response = client.get(reverse(name, args=args) + query)
        text = b"" if response.streaming else response.content
        return response.status_code, text.decode().replace("<mark>", "").replace("</mark>", "")


@pytest.fixture
def world(cast: Cast) -> Iterator[World]:
    room = cast.couples_room
    partner = Membership.objects.get(room=room, role="partner")
    Membership.objects.filter(pk=partner.pk).delete()
    past = book_confirmed(room, at(4, 9))
    say(cast, BEFORE, at(4, 9, 15))
    former = offer(room, at(6, 19), now=at(4, 10))
    refuse_times(actor=cast.client, code=former.code, now=at(4, 11))
    partner.pk, partner.joined_at = None, JOINED
    partner.save(force_insert=True)
    with time_machine.travel(THEN, tick=False):
        say(cast, SINCE, at(5, 9))
        for person in (cast.client, cast.partner):
            keep_draft(actor=person, room_code=room.code, text=draft_of(person), now=THEN)
        requested = book(room, at(9, 9), now=THEN)
        confirmed = book_confirmed(room, at(10, 9), now=THEN)
        own = partners_own_session(cast, at(11, 15))
        kim = make_person("Nobody Yet")
        inviting = make_room(cast.client, cast.second_provider, cast.plan, partner=kim)
        Membership.objects.filter(room=inviting, person=kim).delete()
        invited(cast.client, inviting, KIM, now=THEN)
        offered = offer(room, at(12, 19), now=THEN)
        files = list(Attachment.objects.order_by("pk").values_list("code", flat=True))
        yield World(
            cast, past, requested, confirmed, own.room, own, inviting, files, former, offered
        )


def say(cast: Cast, words: str, when: dt.datetime) -> None:
    post_message(
        actor=cast.client,
        room_code=cast.couples_room.code,
        text=words,
        files=[CheckedFile("plan.pdf", PDF, b"%PDF-1.7 %%EOF")],
        now=when,
    )


def draft_of(person: Person) -> str:
    return f"What {person.name} has begun to write"


Sees = Callable[[World, Person], bool]


def opens(name: str, *args: Callable[[World], str]) -> Sees:
    """Whether the page answers at all."""
    return lambda world, person: world.answer(person, name, *(arg(world) for arg in args))[0] == 200


def lets_in(name: str, *args: Callable[[World], str]) -> Sees:
    """Whether the page answers, or leads on to what waits already."""
    return lambda world, person: (
        world.answer(person, name, *(arg(world) for arg in args))[0] in {200, 302}
    )


def shows(words: str | Callable[[World], str], name: str, *args: Any, query: str = "") -> Sees:
    """Whether the page answers, and these words are on it."""

    def look(world: World, person: Person) -> bool:
        found = words if isinstance(words, str) else words(world)
        status, text = world.answer(person, name, *(arg(world) for arg in args), query=query)
        return status == 200 and found in text

    return look


def room(world: World) -> str:
    return world.cast.couples_room.code


def past(world: World) -> str:
    return world.past.code


def coming(world: World) -> str:
    return world.confirmed.code


def requested(world: World) -> str:
    return world.requested.code


TABLE: dict[str, tuple[Sees, str]] = {
    "the room": (opens("rooms:room", room), "yes yes yes no"),
    "its members": (shows("Petra Provider", "rooms:members", room), "yes yes yes no"),
    "words from before": (shows(BEFORE, "rooms:room", room), "yes no yes no"),
    "words from before, among what came": (
        shows(BEFORE, "rooms:lines", room, query="?after=0"),
        "yes no yes no",
    ),
    "words from before, by search": (
        shows(BEFORE, "rooms:search", query="?q=said"),
        "yes no yes no",
    ),
    "words since then": (shows(SINCE, "rooms:room", room), "yes yes yes no"),
    "a file from before": (
        opens("rooms:attachment", room, lambda world: world.files[0]),
        "yes no yes no",
    ),
    "a file since then": (
        opens("rooms:attachment", room, lambda world: world.files[1]),
        "yes yes yes no",
    ),
    "the owner's draft": (
        shows(lambda world: draft_of(world.cast.client), "rooms:room", room),
        "yes no no no",
    ),
    "the partner's draft": (
        shows(lambda world: draft_of(world.cast.partner), "rooms:room", room),
        "no yes no no",
    ),
    "a session from before": (opens("booking:appointment", past), "yes no yes no"),
    "its live room": (opens("live:session", past), "yes no yes no"),
    "its attendance": (opens("live:attendance", past), "yes no yes no"),
    "its calendar file": (opens("calendars:ics", past), "yes no yes no"),
    "a coming session": (opens("booking:appointment", coming), "yes yes yes no"),
    "it in Schedule": (shows(coming, "booking:schedule"), "yes yes yes no"),
    "the way into it": (opens("live:session", coming), "yes yes yes no"),
    "its own calendar file": (opens("calendars:ics", coming), "yes yes yes no"),
    "an exchange about a time from before": (
        opens("booking:proposal", lambda world: world.former.code),
        "yes no yes no",
    ),
    "an exchange that goes on": (
        opens("booking:proposal", lambda world: world.offered.code),
        "yes yes yes no",
    ),
    "marking times that would suit": (lets_in("booking:share_times", room), "yes yes no no"),
    "offering times": (lets_in("booking:offer_times", room), "no no yes no"),
    "booking": (opens("booking:new_type", room), "yes no no no"),
    "moving": (opens("booking:reschedule", coming), "yes no no no"),
    "cancelling": (opens("booking:cancel", coming), "yes no yes no"),
    "answering a request": (opens("booking:request", requested), "no no yes no"),
    "the invitation's address": (
        shows(KIM, "rooms:members", lambda world: world.inviting_room.code),
        "yes no no no",
    ),
    "taking the partner out": (opens("rooms:remove_partner", room), "yes no no no"),
    "leaving": (opens("rooms:leave", room), "no yes no no"),
    "the client's own room": (
        opens("rooms:room", lambda world: world.cast.room.code),
        "yes no yes no",
    ),
    "the partner's own room": (
        opens("rooms:room", lambda world: world.partners_room.code),
        "no yes no no",
    ),
    "the partner's own session": (
        opens("booking:appointment", lambda world: world.partners_session.code),
        "no yes no no",
    ),
    "the partner's own session in Schedule": (
        shows(lambda world: world.partners_session.code, "booking:schedule"),
        "no yes no no",
    ),
}


@pytest.mark.parametrize("thing", TABLE)
def test_who_sees(world: World, thing: str) -> None:
    sees, expected = TABLE[thing]

    found = {who: sees(world, getattr(world.cast, who)) for who in WHO}

    assert found == {who: cell == "yes" for who, cell in zip(WHO, expected.split(), strict=True)}


OWNERS_ACTS: dict[str, tuple[str, Callable[[World], str], dict[str, str]]] = {
    "invite": ("rooms:members", room, {"address": KIM}),
    "send again": ("rooms:resend_invitation", room, {}),
    "withdraw": ("rooms:revoke_invitation", room, {}),
    "take out": ("rooms:remove_partner", room, {}),
    "book": (
        "booking:new_time",
        room,
        {"modality": "video", "length": "45", "starts_at": at(12, 9).isoformat()},
    ),
    "move": ("booking:reschedule", coming, {"starts_at": at(12, 9).isoformat()}),
    "cancel": ("booking:cancel", coming, {"agreed": "free", "reason": "1"}),
    "accept an offered time": (
        "booking:proposal",
        lambda world: world.offered.code,
        {"act": "accept", "starts_at": at(12, 19).isoformat()},
    ),
    "ring": ("booking:start_now", room, {"modality": "video", "length": "45"}),
}


@pytest.mark.parametrize("act", OWNERS_ACTS)
@pytest.mark.parametrize("who", ["partner", "stranger"])
def test_what_only_the_owner_may_do(world: World, act: str, who: str) -> None:
    name, code, data = OWNERS_ACTS[act]
    client = Client()
    client.force_login(getattr(world.cast, who))
    before = every_row()

    status = client.post(reverse(name, args=[code(world)]), data).status_code

    assert status == (403 if who == "partner" else 404)
    assert every_row() == before


def test_partners_time_is_kept_and_not_explained(world: World) -> None:
    owner = Client()
    owner.force_login(world.cast.client)
    page = owner.get(
        reverse("booking:new_time", args=[room(world)]),
        {"modality": "chat", "length": "30", "day": "2026-03-11"},
    ).content.decode()

    assert at(11, 14).isoformat() in page
    assert at(11, 15).isoformat() not in page
    for word in ("Paul", "Oskar", world.partners_session.code, world.partners_room.code):
        assert word not in page
