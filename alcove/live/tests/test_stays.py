"""Stays: how they begin, last and end, and what the database itself refuses."""

import datetime as dt
from typing import Any

import pytest

from alcove.core.errors import NotFound
from alcove.live.access import Entry, entry_for
from alcove.live.actions.join import (
    Joined,
    end_lost,
    join_session,
    leave_session,
    lose_socket,
    renew_stay,
)
from alcove.live.errors import JoinedElsewhere, NotOpen, Over
from alcove.live.models import Admission, LiveSession, Stay
from alcove.people.models import Person
from tests.cast import Cast, at, book, book_confirmed, cancel
from tests.untouched import insert, refused, refused_by_the_database

START = at(3, 9)
DURING = at(3, 9, 5)


@pytest.fixture
def code(cast: Cast) -> str:
    """A confirmed session of the couple."""
    return book_confirmed(cast.couples_room, START).code


def entry(person: Person, code: str, now: dt.datetime = DURING) -> Entry:
    """Somebody at the door."""
    return entry_for(person, code, now=now)


def join(person: Person, code: str, page: str = "page", **changed: Any) -> Joined:
    """Come in with a page of this name."""
    now = changed.pop("now", DURING)
    named: dict[str, Any] = {
        "epoch": page,
        "device": page,
        "socket": page,
        "take_over": False,
    } | changed
    return join_session(entry=entry(person, code, now), now=now, **named)


def test_a_client_waits_and_a_provider_is_in(cast: Cast, code: str) -> None:
    assert join(cast.client, code).is_admitted is False
    assert join(cast.provider, code).is_admitted is True


def test_joining_again_by_the_same_page_has_no_second_effect(cast: Cast, code: str) -> None:
    first = join(cast.client, code)
    second = join(cast.client, code, now=at(3, 9, 5) + dt.timedelta(seconds=20))

    assert second.stay.pk == first.stay.pk
    assert Stay.objects.get().seen_at == at(3, 9, 5) + dt.timedelta(seconds=20)


def test_another_device_is_refused_while_the_first_is_seen(cast: Cast, code: str) -> None:
    join(cast.client, code)

    with refused(JoinedElsewhere):
        join(cast.client, code, "phone", now=DURING + dt.timedelta(seconds=40))


def test_another_device_comes_in_when_the_first_was_not_seen_for_long(
    cast: Cast, code: str
) -> None:
    join(cast.client, code)

    joined = join(cast.client, code, "phone", now=DURING + dt.timedelta(seconds=41))

    assert joined.replaced is None
    assert list(Stay.objects.order_by("pk").values_list("epoch", "left_at")) == [
        ("page", DURING),
        ("phone", None),
    ]


def test_a_stay_that_is_renewed_lasts(cast: Cast, code: str) -> None:
    join(cast.client, code)
    later = DURING + dt.timedelta(seconds=30)

    assert renew_stay(entry=entry(cast.client, code), epoch="page", socket="s", now=later)
    assert Stay.objects.get().seen_at == later


def test_a_stay_that_is_over_is_not_renewed(cast: Cast, code: str) -> None:
    join(cast.client, code)
    leave_session(entry=entry(cast.client, code), epoch="page", now=at(3, 9, 10))

    assert not renew_stay(
        entry=entry(cast.client, code), epoch="page", socket="s", now=at(3, 9, 11)
    )
    assert Stay.objects.get().left_at == at(3, 9, 10)


def test_an_old_socket_that_dies_late_does_not_take_the_new_one_with_it(
    cast: Cast, code: str
) -> None:
    join(cast.client, code, socket="old")
    renew_stay(entry=entry(cast.client, code), epoch="page", socket="new", now=DURING)

    at_door = entry(cast.client, code)
    assert lose_socket(entry=at_door, epoch="page", socket="old", now=DURING) is False
    assert Stay.objects.get().socket == "new"


def test_leaving_twice_has_no_second_effect(cast: Cast, code: str) -> None:
    join(cast.client, code)
    leaver = entry(cast.client, code)

    assert leave_session(entry=leaver, epoch="page", now=at(3, 9, 10)) is True
    assert leave_session(entry=leaver, epoch="page", now=at(3, 9, 20)) is False
    assert Stay.objects.get().left_at == at(3, 9, 10)


@pytest.mark.parametrize("who", ["second_provider", "staff", "stranger"])
def test_nobody_else_comes_to_the_door(cast: Cast, code: str, who: str) -> None:
    with refused(NotFound):
        entry(getattr(cast, who), code)


def test_a_closed_account_does_not_come_to_the_door(cast: Cast, code: str) -> None:
    cast.client.is_active = False

    with refused(NotFound):
        entry(cast.client, code)


def test_a_request_cannot_be_joined(cast: Cast) -> None:
    code = book(cast.room, START).code

    with refused(NotOpen):
        join(cast.client, code)


def test_a_cancelled_session_cannot_be_joined(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, START)
    cancel(appointment)

    with refused(Over):
        join(cast.client, appointment.code)


def test_the_database_lets_nobody_be_in_twice(cast: Cast, code: str) -> None:
    join(cast.client, code)

    with refused_by_the_database("stay_in_one_place|session_id"):
        insert_stay(cast.client, left_at=None)


def test_the_database_takes_further_stays_that_are_over(cast: Cast, code: str) -> None:
    join(cast.client, code)

    insert_stay(cast.client, left_at=at(3, 9, 4))

    assert Stay.objects.count() == 2


def test_the_database_refuses_a_stay_that_ends_before_it_began(cast: Cast, code: str) -> None:
    join(cast.client, code)

    with refused_by_the_database("stay_ends_after_start"):
        insert_stay(cast.partner, left_at=at(3, 8))


def test_the_database_admits_a_person_once(cast: Cast, code: str) -> None:
    join(cast.provider, code)

    with refused_by_the_database("admission_once|person_id"):
        insert(
            "live_admission",
            session_id=LiveSession.objects.get().pk,
            person_id=cast.provider.pk,
            let_in_at=DURING,
        )
    assert Admission.objects.count() == 1


def insert_stay(person: Person, *, left_at: dt.datetime | None) -> None:
    """A row past all code."""
    insert(
        "live_stay",
        session_id=LiveSession.objects.get().pk,
        person_id=person.pk,
        role="owner",
        epoch="raw",
        device="raw",
        socket="",
        joined_at=at(3, 9, 1),
        seen_at=at(3, 9, 1),
        left_at=left_at,
        sends_audio=False,
        sends_video=False,
        sends_screen=False,
    )


def test_a_page_was_seen_until_its_socket_was_lost(cast: Cast, code: str) -> None:
    join(cast.client, code)
    later = DURING + dt.timedelta(seconds=9)

    assert lose_socket(entry=entry(cast.client, code), epoch="page", socket="page", now=later)
    assert (Stay.objects.get().seen_at, Stay.objects.get().socket) == (later, "")


def test_whoever_is_in_ends_the_stays_that_nobody_renews(cast: Cast, code: str) -> None:
    join(cast.client, code)
    join(cast.provider, code)
    later = DURING + dt.timedelta(seconds=41)
    renewed = renew_stay(entry=entry(cast.provider, code), epoch="page", socket="page", now=later)

    assert renewed
    assert end_lost(entry=entry(cast.provider, code), now=later) == ["owner"]
    assert end_lost(entry=entry(cast.provider, code), now=later) == []

    lasting = dict(Stay.objects.values_list("role", "left_at"))
    assert lasting == {"owner": DURING, "provider": None}


def test_a_stay_is_not_over_before_its_time(cast: Cast, code: str) -> None:
    join(cast.client, code)

    later = DURING + dt.timedelta(seconds=40)
    assert end_lost(entry=entry(cast.provider, code), now=later) == []
