"""Marking a session as missed, disputing it, deciding, and what it costs in the end."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from alcove.billing import ledger
from alcove.billing.ledger import Balance, balance
from alcove.billing.models import LateFee, LateRule
from alcove.booking.actions import no_show
from alcove.booking.actions.no_show import (
    decide_dispute,
    dispute_no_show,
    mark_no_show,
    settle_no_shows,
)
from alcove.booking.errors import (
    AlreadyEnded,
    ChangedMeanwhile,
    ClientCame,
    NotDisputable,
    NotDisputed,
    ProviderNotThere,
    TooEarlyToMark,
    TooLateToMark,
    WordsNeeded,
)
from alcove.booking.models import Appointment, NoShow, Status, TimeClaim
from alcove.booking.policies import AttendanceFacts
from alcove.core.errors import DomainError, NotAllowed, NotFound
from alcove.core.models import Event
from tests.cast import CREDITS, Cast, at, book_confirmed, cancel
from tests.untouched import insert, refused, refused_by_the_database, run_sql

NOBODY = AttendanceFacts(False, False, False, dt.timedelta(), False)
ALONE = AttendanceFacts(True, False, False, dt.timedelta(), False)
MET = AttendanceFacts(True, True, True, dt.timedelta(minutes=30), False)
GRACE_OVER = at(4, 9, 10)
FINAL = at(6, 9, 10)
RECORD: dict[str, Any] = {"stays": []}


@pytest.fixture
def code(cast: Cast) -> str:
    """A confirmed session of the couple."""
    return book_confirmed(cast.couples_room, at(4, 9)).code


def mark(cast: Cast, code: str, **changed: Any) -> NoShow:
    """The provider's mark, at the end of the grace."""
    named: dict[str, Any] = {"actor": cast.provider, "facts": ALONE, "now": GRACE_OVER} | changed
    return mark_no_show(code=code, record=RECORD, **named)


def dispute(cast: Cast, code: str, **changed: Any) -> NoShow:
    """The client's dispute, a day later."""
    named: dict[str, Any] = {
        "actor": cast.client,
        "words": "I was there",
        "now": at(5, 9),
    } | changed
    return dispute_no_show(code=code, **named)


def decide(cast: Cast, code: str, verdict: str, **changed: Any) -> NoShow:
    """Staff's decision, three days later."""
    named: dict[str, Any] = {
        "actor": cast.staff,
        "words": "By the record",
        "now": at(7, 9),
    } | changed
    return decide_dispute(code=code, verdict=verdict, **named)


def test_a_mark_keeps_the_credit_until_it_is_final(cast: Cast, code: str) -> None:
    no_show = mark(cast, code)

    assert Appointment.objects.get().status == Status.NO_SHOW
    assert no_show.final_at == FINAL
    assert balance(cast.couples_room, GRACE_OVER) == Balance(available=CREDITS - 1, held=1)
    assert not TimeClaim.objects.exists()
    event = Event.objects.latest("id")
    assert (event.kind, event.data["final_at"]) == ("appointment.no_show", FINAL.isoformat())


def test_a_mark_waits_for_the_end_of_the_grace(cast: Cast, code: str) -> None:
    with refused(TooEarlyToMark):
        mark(cast, code, now=GRACE_OVER - dt.timedelta(seconds=1))


def test_a_mark_comes_within_a_day(cast: Cast, code: str) -> None:
    with refused(TooLateToMark):
        mark(cast, code, now=at(5, 9, 45))


def test_a_client_who_came_is_not_marked(cast: Cast, code: str) -> None:
    with refused(ClientCame):
        mark(cast, code, facts=MET)


def test_a_provider_who_was_not_there_marks_nobody(cast: Cast, code: str) -> None:
    with refused(ProviderNotThere):
        mark(cast, code, facts=NOBODY)


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("client", NotAllowed),
        ("partner", NotAllowed),
        ("second_provider", NotFound),
        ("staff", NotFound),
        ("stranger", NotFound),
    ],
)
def test_only_the_provider_marks(cast: Cast, code: str, who: str, error: type[DomainError]) -> None:
    with refused(error):
        mark(cast, code, actor=getattr(cast, who))


def test_a_session_is_marked_once(cast: Cast, code: str) -> None:
    mark(cast, code)

    with refused(AlreadyEnded):
        mark(cast, code)


def test_a_mark_loses_against_somebody_who_was_first(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    stale = Appointment.objects.select_related("room").get(pk=appointment.pk)
    cancel(appointment)
    monkeypatch.setattr(
        "alcove.booking.actions.no_show.appointment_for", lambda _actor, _code: stale
    )

    with refused(ChangedMeanwhile):
        mark(cast, appointment.code)


def test_what_nobody_disputes_costs_the_credit_when_it_is_final(cast: Cast, code: str) -> None:
    mark(cast, code)

    settle_no_shows({}, FINAL - dt.timedelta(seconds=1))
    assert NoShow.objects.get().settled_at is None
    settle_no_shows({}, FINAL)
    settle_no_shows({}, FINAL + dt.timedelta(days=1))

    no_show = NoShow.objects.get()
    assert (no_show.settled_at, no_show.cost) == (FINAL, "credit")
    assert balance(cast.couples_room, FINAL) == Balance(available=CREDITS - 1, held=0)
    assert Event.objects.filter(kind="no_show.final").count() == 1


def test_where_the_rule_is_a_fee_the_credit_comes_back_and_the_fee_is_due(
    cast: Cast, code: str
) -> None:
    Appointment.objects.update(late_rule=LateRule.FEE, late_fee_minor=4000, currency="USD")
    mark(cast, code)

    settle_no_shows({}, FINAL)

    assert NoShow.objects.get().cost == "fee"
    assert balance(cast.couples_room, FINAL) == Balance(available=CREDITS, held=0)
    assert LateFee.objects.get().amount_minor == 4000


@pytest.mark.parametrize("who", ["client", "partner"])
def test_a_dispute_keeps_it_open_until_staff_decide(cast: Cast, code: str, who: str) -> None:
    mark(cast, code)

    dispute(cast, code, actor=getattr(cast, who))

    settle_no_shows({}, FINAL + dt.timedelta(days=30))
    no_show = NoShow.objects.get()
    assert (no_show.settled_at, no_show.dispute_words) == (None, "I was there")


@pytest.mark.parametrize(
    ("verdict", "cost", "expected"),
    [
        ("waived", "free", Balance(available=CREDITS, held=0)),
        ("stands", "credit", Balance(available=CREDITS - 1, held=0)),
    ],
)
def test_a_decision_settles_it(
    cast: Cast, code: str, verdict: str, cost: str, expected: Balance
) -> None:
    mark(cast, code)
    dispute(cast, code)

    decide(cast, code, verdict)

    assert NoShow.objects.get().cost == cost
    assert balance(cast.couples_room, at(7, 9)) == expected
    assert Event.objects.latest("id").data["verdict"] == verdict


@pytest.mark.parametrize(
    ("who", "error"),
    [("provider", NotAllowed), ("second_provider", NotFound), ("stranger", NotFound)],
)
def test_only_clients_of_the_room_dispute(
    cast: Cast, code: str, who: str, error: type[DomainError]
) -> None:
    mark(cast, code)

    with refused(error):
        dispute(cast, code, actor=getattr(cast, who))


def test_a_dispute_comes_once_and_in_time(cast: Cast, code: str) -> None:
    with refused(NotDisputable):
        dispute(cast, code)
    mark(cast, code)
    with refused(NotDisputable):
        dispute(cast, code, now=FINAL)
    dispute(cast, code)
    with refused(NotDisputable):
        dispute(cast, code)


@pytest.mark.parametrize("who", ["client", "provider", "stranger"])
def test_only_staff_decide(cast: Cast, code: str, who: str) -> None:
    mark(cast, code)
    dispute(cast, code)

    with refused(NotFound):
        decide(cast, code, "waived", actor=getattr(cast, who))


def test_a_dispute_is_decided_once(cast: Cast, code: str) -> None:
    with refused(NotDisputed):
        decide(cast, code, "waived")
    mark(cast, code)
    with refused(NotDisputed):
        decide(cast, code, "waived")
    dispute(cast, code)
    decide(cast, code, "stands")
    with refused(NotDisputed):
        decide(cast, code, "waived")


def test_words_are_needed_to_dispute_and_to_decide(cast: Cast, code: str) -> None:
    mark(cast, code)
    with refused(WordsNeeded):
        dispute(cast, code, words=" \n")
    dispute(cast, code)
    with refused(WordsNeeded):
        decide(cast, code, "stands", words="")


def test_a_dispute_that_comes_in_while_the_job_runs_keeps_it_open(
    cast: Cast, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(cast, code)
    at_the_last_moment = FINAL - dt.timedelta(seconds=1)
    settle_one = no_show._settle

    def settle_after_the_dispute(row: NoShow, *, now: dt.datetime) -> bool:
        dispute(cast, code, now=at_the_last_moment)
        return settle_one(row, now=now)

    monkeypatch.setattr(no_show, "_settle", settle_after_the_dispute)
    settle_no_shows({}, FINAL)

    assert NoShow.objects.get().settled_at is None
    assert balance(cast.couples_room, FINAL) == Balance(available=CREDITS - 1, held=1)
    assert not Event.objects.filter(kind="no_show.final").exists()


def test_a_mark_that_dies_before_its_credit_is_settled_is_settled_by_the_next_run(
    cast: Cast, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(cast, code)

    class Killed(BaseException):
        """What a killed process looks like to the transaction."""

    def die(*_args: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "forfeit", die)
        with pytest.raises(Killed):
            settle_no_shows({}, FINAL)
    assert NoShow.objects.get().settled_at is None
    settle_no_shows({}, FINAL)

    assert NoShow.objects.get().settled_at == FINAL
    assert balance(cast.couples_room, FINAL) == Balance(available=CREDITS - 1, held=0)


@pytest.mark.parametrize("who", ["client", "partner", "provider"])
def test_the_page_of_the_session_says_where_the_mark_stands(
    cast: Cast, code: str, client: Client, who: str
) -> None:
    client.force_login(getattr(cast, who))
    address = reverse("booking:appointment", args=[code])

    def page() -> str:
        with time_machine.travel(at(5, 12)):
            return client.get(address).content.decode()

    assert "marked as missed" not in page()
    mark(cast, code)
    says = "the client says" if who == "provider" else "you say"
    assert f"unless {says} before then that it is wrong" in page()
    dispute(cast, code)
    assert "“I was there”" in page()
    decide(cast, code, "waived")
    assert "The practice has decided for the client" in page()
    assert "“By the record”" in page()


def test_the_database_keeps_one_mark_for_a_session(cast: Cast, code: str) -> None:
    marked = mark(cast, code)

    with refused_by_the_database("appointment_id"):
        insert(
            "booking_noshow",
            appointment_id=marked.appointment_id,
            marked_by_id=cast.provider.pk,
            marked_at=GRACE_OVER,
            final_at=FINAL,
            facts="{}",
            dispute_words="",
            verdict="",
            verdict_words="",
            cost="",
        )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("disputed_by_id = marked_by_id", "no_show_disputed_by_somebody"),
        ("verdict = 'waived'", "no_show_decided_after_dispute"),
        ("cost = 'credit'", "no_show_settled_at_a_cost"),
    ],
)
def test_the_database_refuses_half_a_story(
    cast: Cast, code: str, change: str, constraint: str
) -> None:
    mark(cast, code)

    with refused_by_the_database(constraint):
        run_sql(f"UPDATE booking_noshow SET {change}")
