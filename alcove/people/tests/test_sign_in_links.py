"""One-time links: one person, one use, one day."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alcove.people.models import Person, SignInLink
from alcove.people.sign_in_links import LinkSpent, make_link, use_link
from tests.cast import NOW, make_person
from tests.untouched import refused

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(hours=24)
MOMENT = dt.timedelta(microseconds=1)


@pytest.fixture
def cora() -> Person:
    return make_person("Cora Client")


def test_link_signs_its_person_in_once(cora: Person) -> None:
    make_link(make_person("Stig Stranger"), now=NOW)
    token = make_link(cora, now=NOW)

    assert use_link(token, now=NOW) == cora
    with refused(LinkSpent):
        use_link(token, now=NOW)


def test_link_is_good_for_less_than_a_day(cora: Person) -> None:
    token = make_link(cora, now=NOW)

    with refused(LinkSpent):
        use_link(token, now=NOW + DAY)
    assert use_link(token, now=NOW + DAY - MOMENT) == cora


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 400])
def test_made_up_token_opens_nothing(cora: Person, token: str) -> None:
    make_link(cora, now=NOW)

    with refused(LinkSpent):
        use_link(token, now=NOW)


def test_person_who_was_switched_off_does_not_get_in(cora: Person) -> None:
    token = make_link(cora, now=NOW)
    Person.objects.update(is_active=False)

    with refused(LinkSpent):
        use_link(token, now=NOW)


def test_each_link_stands_alone(cora: Person) -> None:
    first, second = make_link(cora, now=NOW), make_link(cora, now=NOW)

    assert first != second
    assert [use_link(token, now=NOW) for token in (second, first)] == [cora, cora]


def test_token_is_long_and_not_kept(cora: Person) -> None:
    token = make_link(cora, now=NOW)

    assert len(token) >= 43  # 256 bits in base 64
    assert token not in str(list(SignInLink.objects.values()))


def test_spending_is_one_statement_on_the_row_itself(cora: Person) -> None:
    # PostgreSQL would not look again at a subquery, and let two clicks at once both get in.
    token = make_link(cora, now=NOW)

    with CaptureQueriesContext(connection) as statements:
        use_link(token, now=NOW)

    (update,) = [row["sql"] for row in statements if row["sql"].startswith("UPDATE")]
    assert "SELECT" not in update
    assert '"used_at" IS NULL' in update
