"""People are found by their address whatever its case."""

import pytest

from alcove.core.errors import NotFound
from alcove.people.access import require_admin
from alcove.people.adapter import shown_name
from alcove.people.models import Person, Practice
from tests.cast import NOW, Cast, make_person

pytestmark = pytest.mark.django_db


def test_address_is_kept_small_and_found_in_any_case() -> None:
    person = Person.objects.create_user("  Cora@Example.ORG ", name="Cora", joined_at=NOW)

    assert person.email == "cora@example.org"
    for typed in ("cora@example.org", "CORA@EXAMPLE.ORG", " Cora@example.org "):
        assert Person.objects.get_by_natural_key(typed) == person


@pytest.mark.parametrize("typed", [None, "", "nobody@example.org"])
def test_address_of_nobody_finds_nobody(typed: str | None) -> None:
    make_person("Cora Client")

    with pytest.raises(Person.DoesNotExist):
        Person.objects.get_by_natural_key(typed)


def test_person_without_a_password_is_let_in_by_none() -> None:
    person = make_person("Cora Client")

    assert not person.has_usable_password()
    assert not person.check_password("")


def test_key_names_a_person_without_telling_who() -> None:
    person = make_person("Cora Client")

    assert person.key == f"person:{person.pk}"


def test_practice_without_a_row_has_the_laws_numbers() -> None:
    practice = Practice.load()

    assert (
        practice.notice_hours,
        practice.hold_minutes,
        practice.confirm_within_hours,
        practice.confirm_before_start_hours,
        practice.confirm_at_least_minutes,
        practice.confirms_automatically,
    ) == (24, 10, 24, 2, 15, False)
    assert not Practice.objects.exists()


def test_somebody_without_a_name_is_called_by_their_address() -> None:
    assert shown_name(Person(email="kim@example.org")) == "kim@example.org"
    assert shown_name(Person(email="kim@example.org", name="Kim")) == "Kim"


def test_admins_pages_are_for_active_admins_only(cast: Cast) -> None:
    require_admin(cast.admin)

    gone = make_person("Otto Once", is_admin=True, is_active=False)
    for person in (cast.client, cast.partner, cast.provider, cast.staff, cast.stranger, gone):
        with pytest.raises(NotFound):
            require_admin(person)
