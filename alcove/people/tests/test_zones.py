"""Zone names that a person can choose or keep."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from alcove.people.actions.change_settings import change_settings
from alcove.people.models import Person
from alcove.people.zones import is_zone, zone_names
from tests.cast import NOW, make_person


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Asia/Calcutta", "EST5EDT"]
)
def test_zone_of_the_database_is_one(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "Europe",
        "Europe/",
        "Mars/Phobos",
        "../../etc/passwd",
        "/etc/passwd",
        "\x00",
        "é",
        "europe/berlin ",
        "UTC+2",
        "A" * 300,
    ],
)
def test_anything_else_is_none(name: str) -> None:
    assert not is_zone(name)


def test_every_zone_offered_is_one_and_they_are_sorted() -> None:
    names = zone_names()

    assert list(names) == sorted(set(names))
    assert {"UTC", "Europe/Berlin", "America/Lima"} <= set(names)
    assert [name for name in names if not is_zone(name)] == []
    assert [name for name in names if len(name) > 64] == []


@pytest.mark.django_db
def test_person_reads_times_in_their_own_zone() -> None:
    person = make_person("Paul Partner", zone="America/Lima")

    assert person.zone == ZoneInfo("America/Lima")
    assert NOW.astimezone(person.zone).utcoffset() == dt.timedelta(hours=-5)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["time_zone", "language"])
def test_settings_that_do_not_exist_are_refused_and_not_kept(field: str) -> None:
    person = make_person("Cora Client")

    with pytest.raises(ValidationError):
        change_settings(actor=person, now=NOW, **{field: "Mars/Phobos"})

    stored = Person.objects.get()
    assert (stored.time_zone, stored.language) == ("Europe/Berlin", "en")


@pytest.mark.django_db
def test_settings_are_kept() -> None:
    person = make_person("Cora Client")

    change_settings(actor=person, now=NOW, name="Cora C.", time_zone="Asia/Tokyo", language="es")

    stored = Person.objects.get()
    assert (stored.name, stored.time_zone, stored.language) == ("Cora C.", "Asia/Tokyo", "es")
