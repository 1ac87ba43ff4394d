"""The same key gives the same answer and no second effect."""

import datetime as dt

import pytest

from alcove.core.errors import DomainError
from alcove.core.idempotency import KEPT_FOR, forget_old_keys, once
from alcove.core.models import Event, IdempotencyKey
from tests.cast import NOW

pytestmark = pytest.mark.django_db


class Act:
    """Leaves a row with each run and answers with its number."""

    def __call__(self) -> str:
        Event.objects.create(kind="test.effect", subject="x", actor="y", happened_at=NOW)
        return f"/{Event.objects.count()}/"


def test_same_key_gives_the_same_answer_and_one_effect() -> None:
    answers = [once("person:1", "k", Act(), now=NOW) for _ in range(3)]

    assert answers == ["/1/", "/1/", "/1/"]
    assert Event.objects.count() == 1


def test_same_key_of_somebody_else_is_another_request() -> None:
    answers = [once(owner, "k", Act(), now=NOW) for owner in ("person:1", "person:2")]

    assert answers == ["/1/", "/2/"]


def test_another_key_is_another_request() -> None:
    assert [once("person:1", key, Act(), now=NOW) for key in ("k", "l")] == ["/1/", "/2/"]


def test_without_a_key_each_request_counts() -> None:
    assert [once("person:1", "", Act(), now=NOW) for _ in range(2)] == ["/1/", "/2/"]
    assert not IdempotencyKey.objects.exists()


def test_refused_act_leaves_neither_key_nor_effect() -> None:
    def refused() -> str:
        Act()()
        raise DomainError

    with pytest.raises(DomainError):
        once("person:1", "k", refused, now=NOW)
    assert (IdempotencyKey.objects.count(), Event.objects.count()) == (0, 0)

    assert once("person:1", "k", Act(), now=NOW) == "/1/"


@pytest.mark.parametrize("key", ["\x00", "\ud800", "é" * 5000, "' OR 1=1"])
def test_odd_key_is_a_key_like_any_other(key: str) -> None:
    assert [once("person:1", key, Act(), now=NOW) for _ in range(2)] == ["/1/", "/1/"]


def test_long_keys_that_begin_alike_are_two_requests() -> None:
    keys = ["p" * 200 + end for end in ("1", "2")]

    assert [once("person:1", key, Act(), now=NOW) for key in keys] == ["/1/", "/2/"]


def test_long_answer_is_kept_whole() -> None:
    address = "/" + "a" * 3000

    assert [once("person:1", "k", lambda: address, now=NOW) for _ in range(2)] == [address] * 2


def test_keys_are_forgotten_when_no_browser_repeats_them_any_more() -> None:
    once("person:1", "old", Act(), now=NOW - KEPT_FOR - dt.timedelta(seconds=1))
    once("person:1", "young", Act(), now=NOW - KEPT_FOR)

    forget_old_keys({}, NOW)

    assert [row.created_at for row in IdempotencyKey.objects.all()] == [NOW - KEPT_FOR]
