"""The jobs of the live room: stays that nobody renews, sessions that are over."""

import datetime as dt

import pytest

from alcove.booking.models import Appointment, Ending
from alcove.live.access import entry_for
from alcove.live.actions.join import join_session, let_in
from alcove.live.actions.note import note_path
from alcove.live.actions.settle import end_stays, settle_sessions
from alcove.live.models import Stay
from alcove.people.models import Person
from tests.cast import Cast, at, book_confirmed

CLOSES = at(3, 9, 55)


@pytest.fixture
def code(cast: Cast) -> str:
    """A confirmed video session from nine to a quarter to ten."""
    return book_confirmed(cast.room, at(3, 9)).code


def come(person: Person, code: str, *, until: dt.datetime, connected: bool = True) -> None:
    """Somebody who is there from nine on, last seen at ``until``."""
    entry = entry_for(person, code, now=at(3, 9))
    join_session(
        entry=entry, epoch="page", device="page", socket="s", take_over=False, now=at(3, 9)
    )
    if connected:
        other = "owner" if entry.lets_in else "provider"
        note_path(entry=entry, epoch="page", to=other, state="connected", now=at(3, 9, 1))
    Stay.objects.filter(person=person).update(seen_at=until)


def status() -> str:
    """The session's status now."""
    return Appointment.objects.get().status


def test_a_stay_that_nobody_renews_ends_where_it_was_last_seen(cast: Cast, code: str) -> None:
    come(cast.client, code, until=at(3, 9, 20))

    end_stays({}, at(3, 9, 20) + dt.timedelta(seconds=70))
    assert Stay.objects.get().left_at is None
    end_stays({}, at(3, 9, 20) + dt.timedelta(seconds=71))

    assert Stay.objects.get().left_at == at(3, 9, 20)


def test_a_session_that_was_attended_completes_after_the_grace(cast: Cast, code: str) -> None:
    come(cast.provider, code, until=at(3, 9, 45))
    come(cast.client, code, until=at(3, 9, 45))

    settle_sessions({}, CLOSES - dt.timedelta(seconds=1))
    assert status() == "confirmed"
    settle_sessions({}, CLOSES)
    settle_sessions({}, CLOSES + dt.timedelta(days=2))

    assert status() == "completed"


def test_a_client_whose_page_denies_the_connection_does_not_attend_for_nothing(
    cast: Cast, code: str
) -> None:
    """A forged page reports only that its path failed; the provider's tells that it stood."""
    come(cast.client, code, until=at(3, 9, 45), connected=False)
    come(cast.provider, code, until=at(3, 9, 45), connected=False)
    client, provider = (entry_for(who, code, now=at(3, 9)) for who in (cast.client, cast.provider))
    let_in(entry=provider, role="owner", now=at(3, 9))

    note_path(entry=provider, epoch="page", to="owner", state="connected", now=at(3, 9, 1))
    note_path(entry=client, epoch="page", to="provider", state="failed", now=at(3, 9, 2))
    settle_sessions({}, CLOSES)

    assert status() == "completed"


@pytest.mark.parametrize(
    ("who", "cause"), [((), "provider_absent"), (("client",), "provider_absent")]
)
def test_a_session_without_its_provider_ends_at_no_cost(
    cast: Cast, code: str, who: tuple[str, ...], cause: str
) -> None:
    for name in who:
        come(getattr(cast, name), code, until=at(3, 9, 30))

    settle_sessions({}, CLOSES)

    assert status() == "cancelled"
    assert Ending.objects.get().cause == cause


def test_people_who_never_reached_each_other_pay_nothing(cast: Cast, code: str) -> None:
    come(cast.provider, code, until=at(3, 9, 45), connected=False)
    come(cast.client, code, until=at(3, 9, 45), connected=False)

    settle_sessions({}, CLOSES)

    assert Ending.objects.get().cause == "not_connected"


def test_a_client_who_did_not_come_is_the_providers_to_judge(cast: Cast, code: str) -> None:
    come(cast.provider, code, until=at(3, 9, 45), connected=False)

    settle_sessions({}, CLOSES)

    assert status() == "confirmed"


def test_an_attended_chat_session_completes(cast: Cast, code: str) -> None:
    Appointment.objects.update(modality="chat")
    come(cast.provider, code, until=at(3, 9, 45), connected=False)
    come(cast.client, code, until=at(3, 9, 45), connected=False)
    let_in(entry=entry_for(cast.provider, code, now=at(3, 9)), role="owner", now=at(3, 9, 2))

    settle_sessions({}, CLOSES)

    assert status() == "completed"
