"""The practice as a file: what is exported is imported as the same, here and elsewhere."""

from pathlib import Path

import pytest
import yaml

from alcove.availability.models import DateOverride, TimeOff
from alcove.billing.models import Plan
from alcove.booking.actions.reasons import add_reason, retire_reason
from alcove.people.models import Person, Practice
from alcove.practice_file.apply import import_practice
from alcove.practice_file.problems import Refused
from alcove.practice_file.write import export_practice
from alcove.rooms.actions.open_room import open_room
from tests.cast import NOW, Cast, at
from tests.concurrency.databases import Database

pytestmark = pytest.mark.django_db


def test_import_of_ones_own_export_changes_nothing(cast: Cast) -> None:
    Person.objects.filter(is_admin=True).update(is_staff=True)
    Practice.objects.update(
        crisis_text="Call 024:\n- at any hour",
        policy_text_es="Escríbenos: 'sí', #1",
        accent_light="#5b2a86",
        accent_dark="#c9a7ef",
        crisis_link="https://example.org/a?b=c",
    )
    calendar = cast.provider.provider_calendar
    DateOverride.objects.create(calendar=calendar, date=at(20, 0).date())
    DateOverride.objects.create(
        calendar=calendar,
        date=at(21, 0).date(),
        start_minute=600,
        end_minute=1440,
        modalities=["video"],
    )
    TimeOff.objects.create(
        calendar=calendar, starts_at=at(24, 8), ends_at=at(25, 9, 30), note="yes"
    )
    # The second pass of the hour that the clock in Berlin shows twice, and from one to the other.
    for starts_at in (at(25, 1, 10, month=10), at(25, 0, 30, month=10)):
        TimeOff.objects.create(
            calendar=calendar, starts_at=starts_at, ends_at=at(25, 1, 30, month=10)
        )
    for code, currency, price in (("yen", "JPY", 5000), ("dinar", "KWD", 12_345)):
        Plan.objects.create(
            code=code, name="on", offers={"video": [45]}, currency=currency, price_minor=price
        )
    open_room(
        actor=cast.admin, client=cast.partner, provider=cast.provider, kind="individual", now=NOW
    )

    summary = import_practice(export_practice().encode(), now=NOW)

    assert (summary.changes, summary.details) == (0, [])
    assert set(summary.counts) == {
        "practice", "cancellation reasons", "plans", "people", "calendars", "rooms",
    }  # fmt: skip


def test_practice_with_nothing_in_it_is_a_file_too() -> None:
    file = yaml.safe_load(export_practice())

    assert set(file) == {"practice"}
    assert file["practice"]["notice_hours"] == 24


def test_retired_reasons_and_people_without_a_name_are_left_out(cast: Cast) -> None:
    retired = add_reason(actor=cast.admin, en="Work", es="El trabajo", now=NOW)
    retire_reason(actor=cast.admin, pk=retired.pk, now=NOW)
    Person.objects.create_user("new@example.org", name="", joined_at=NOW)

    file = yaml.safe_load(export_practice())

    assert [reason["en"] for reason in file["cancellation_reasons"]] == ["I am ill"]
    assert "new@example.org" not in [person["email"] for person in file["people"]]


def test_export_of_the_sample_makes_the_same_practice_in_an_empty_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    first, second = Database(tmp_path / "first"), Database(tmp_path / "second")
    for one in (first, second):
        one.folder.mkdir()
        assert one.run("alcove.cli", "setup").returncode == 0
    assert first.run("alcove.cli", "sample").returncode == 0
    file, again = tmp_path / "practice.yaml", tmp_path / "again.yaml"

    assert first.run("alcove.cli", "export", str(file)).returncode == 0
    taken = second.run("alcove.cli", "import", str(file))
    assert taken.returncode == 0, taken.stderr
    assert second.run("alcove.cli", "export", str(again)).returncode == 0

    assert again.read_text() == file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert second.run("alcove.cli", "check").returncode == 0
    # A file is never written over.
    assert first.run("alcove.cli", "export", str(file)).returncode == 1
    assert first.run("alcove.cli", "export").stdout == file.read_text()


def test_file_that_takes_the_last_admin_away_is_refused(cast: Cast) -> None:
    file = "people:\n  - {email: ada@example.org, name: Ada, roles: []}\n"

    with pytest.raises(Refused, match=r"line 2: .*without an active admin"):
        import_practice(file.encode(), now=NOW)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("accent_light: green", "is not a colour"),
        ("crisis_link: nowhere", "is not a web address"),
        ("join_before_minutes: 999", "whole number from 0 to 120"),
        ("accent_light: '#eeeeee', accent_dark: '#eeeeee'", "hard to read"),
    ],
)
def test_wrong_words_of_the_practice_name_their_line(line: str, words: str) -> None:
    with pytest.raises(Refused, match=f"line 1: .*{words}"):
        import_practice(f"practice: {{{line}}}\n".encode(), now=NOW)


def test_room_with_half_a_plan_is_refused(cast: Cast) -> None:
    file = (
        "rooms:\n  - {ref: new, owner: cora@example.org, provider: petra@example.org, plan: four}\n"
    )

    with pytest.raises(Refused, match="starts_on"):
        import_practice(file.encode(), now=NOW)
