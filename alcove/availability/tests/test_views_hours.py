"""The page of working hours: each section posts for itself, and only its owner sees it."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from alcove.availability.models import (
    AvailabilityRule,
    DateOverride,
    ProviderCalendar,
    TimeOff,
)
from alcove.core.models import Event
from tests.cast import NOW, Cast
from tests.visitors import signed_in

HOURS = "/hours/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with travel(NOW, tick=False):
        yield


def monday_rule(cast: Cast) -> AvailabilityRule:
    return AvailabilityRule.objects.get(calendar_id=cast.provider.pk, weekday=0)


def settings_form(**changes: str) -> dict[str, str]:
    return {
        "time_zone": "Europe/Berlin",
        "video": "30, 45, 60",
        "audio": "30 45",
        "chat": "",
        "step_minutes": "30",
        "buffer_before_minutes": "5",
        "buffer_after_minutes": "10",
        "minimum_notice_minutes": "1440",
        "horizon_days": "90",
        "daily_limit": "",
        "confirms": "never",
        "on_leave_until": "",
        **changes,
    }


def test_page_shows_hours_dates_time_off_and_settings(cast: Cast) -> None:
    calendar = ProviderCalendar.objects.get(provider=cast.provider)
    DateOverride.objects.create(calendar=calendar, date=dt.date(2026, 3, 9))
    DateOverride.objects.create(calendar=calendar, date=dt.date(2026, 3, 1))
    TimeOff.objects.create(
        calendar=calendar,
        starts_at=NOW,
        ends_at=NOW + dt.timedelta(hours=1),
        note="dentist <b>",
    )

    page = signed_in(cast.provider).get(HOURS)

    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("9:00 AM – 5:00 PM</span>") == 10  # five days, each with a link that says it
    assert "Monday, March 9" in text
    assert "Sunday, March 1" not in text
    assert "Mon, Mar 2, 10:00 AM – Mon, Mar 2, 11:00 AM" in text
    assert "dentist &lt;b&gt;" in text
    assert "Berlin (GMT+1)" in text
    assert 'value="30, 45, 60"' in text


@pytest.mark.parametrize(
    "address", ["", "weekly/", "dates/", "time-off/", "settings/", "weekly/{}/"]
)
def test_page_is_refused_to_everybody_but_providers(cast: Cast, address: str) -> None:
    path = HOURS + address.format(monday_rule(cast).pk)

    found = {
        name: signed_in(getattr(cast, name)).get(path).status_code
        for name in ("client", "partner", "stranger", "staff")
    }

    assert found == dict.fromkeys(found, 403)
    assert Client().get(path).status_code == 302
    assert signed_in(cast.provider).get(path).status_code == 200


def test_others_lines_are_not_found(cast: Cast) -> None:
    rule = monday_rule(cast)
    client = signed_in(cast.second_provider)

    assert client.get(f"/hours/weekly/{rule.pk}/").status_code == 404
    assert client.post(f"/hours/weekly/{rule.pk}/remove/").status_code == 404
    assert monday_rule(cast) == rule


def test_adding_weekly_hours_comes_back_to_the_section(cast: Cast) -> None:
    client = signed_in(cast.provider)

    answer = client.post(
        "/hours/weekly/",
        {"weekdays": ["5", "6"], "start": "18:00", "end": "00:00", "modalities": ["chat", "video"]},
    )

    assert (answer.status_code, answer["Location"]) == (302, "/hours/#weekly")
    rules = AvailabilityRule.objects.filter(calendar_id=cast.provider.pk, weekday__gte=5)
    assert list(rules.values_list("weekday", "start_minute", "end_minute", "modalities")) == [
        (5, 1080, 1440, ["video", "chat"]),
        (6, 1080, 1440, ["video", "chat"]),
    ]


def test_midnight_as_an_end_is_also_24_00(cast: Cast) -> None:
    signed_in(cast.provider).post(
        "/hours/weekly/",
        {"weekdays": "6", "start": "18:00", "end": "24:00", "modalities": "chat"},
    )

    assert AvailabilityRule.objects.get(weekday=6).end_minute == 1440


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"weekdays": "0"}, "overlap with 9:00 AM – 5:00 PM on Monday"),
        ({"weekdays": "6", "end": "09:00"}, "The end must come after the start."),
        ({"weekdays": "6", "end": "25:00"}, "Enter a time such as 09:30."),
        ({"weekdays": "6", "start": "24:00"}, "Enter a time such as 09:30."),
        ({"weekdays": "6", "modalities": []}, "This field is required."),
        ({"weekdays": "7"}, "Select a valid choice."),
    ],
)
def test_refused_weekly_hours_keep_what_was_typed(
    cast: Cast, typed: dict[str, str], words: str
) -> None:
    client = signed_in(cast.provider)
    before = AvailabilityRule.objects.count()

    page = client.post(
        "/hours/weekly/", {"start": "10:05", "end": "11:10", "modalities": "chat"} | typed
    )

    text = page.content.decode()
    assert page.status_code == 422
    assert words in text
    assert f'value="{typed.get("start", "10:05")}"' in text
    assert AvailabilityRule.objects.count() == before


def test_repeated_post_adds_the_hours_once(cast: Cast) -> None:
    client = signed_in(cast.provider)
    form = {"weekdays": "6", "start": "10:00", "end": "11:00", "modalities": "chat"}

    first = client.post("/hours/weekly/", form | {"idempotency_key": "k"})
    second = client.post("/hours/weekly/", form | {"idempotency_key": "k"})

    assert (first["Location"], second["Location"]) == ("/hours/#weekly", "/hours/#weekly")
    assert AvailabilityRule.objects.filter(weekday=6).count() == 1


def test_line_of_the_week_is_changed_and_removed(cast: Cast) -> None:
    rule = monday_rule(cast)
    client = signed_in(cast.provider)

    assert 'value="09:00"' in client.get(f"/hours/weekly/{rule.pk}/").content.decode()
    client.post(
        f"/hours/weekly/{rule.pk}/",
        {"weekday": "0", "start": "10:00", "end": "12:00", "modalities": "video"},
    )
    rule.refresh_from_db()
    assert (rule.start_minute, rule.end_minute, rule.modalities) == (600, 720, ["video"])

    answer = client.post(f"/hours/weekly/{rule.pk}/remove/")
    assert answer["Location"] == "/hours/#weekly"
    assert not AvailabilityRule.objects.filter(pk=rule.pk).exists()


def test_date_is_closed_opened_with_hours_and_removed(cast: Cast) -> None:
    client = signed_in(cast.provider)

    client.post("/hours/dates/", {"date": "2026-03-09", "day": "closed"})
    client.post(
        "/hours/dates/",
        {
            "date": "2026-03-10",
            "day": "open",
            "start": "10:00",
            "end": "11:00",
            "modalities": "chat",
        },
    )

    rows = DateOverride.objects.order_by("date")
    assert list(rows.values_list("start_minute", "end_minute", "modalities")) == [
        (None, None, []),
        (600, 660, ["chat"]),
    ]
    for row in rows:
        answer = client.post(f"/hours/dates/{row.pk}/remove/")
        assert answer["Location"] == "/hours/#dates"
    assert not DateOverride.objects.exists()


def test_open_date_without_times_asks_for_them(cast: Cast) -> None:
    page = signed_in(cast.provider).post("/hours/dates/", {"date": "2026-03-09", "day": "open"})

    assert page.status_code == 422
    assert page.content.decode().count("This field is required.") == 6  # summary and field
    assert not DateOverride.objects.exists()


def test_time_off_is_read_on_the_working_clock_and_removed(cast: Cast) -> None:
    cast.provider.time_zone = "Asia/Tokyo"  # where they read, not where they work
    cast.provider.save()
    client = signed_in(cast.provider)

    client.post(
        "/hours/time-off/", {"start": "2026-03-09T08:00", "end": "2026-03-09T09:30", "note": "x"}
    )

    off = TimeOff.objects.get()
    assert off.starts_at == dt.datetime(2026, 3, 9, 7, tzinfo=dt.UTC)
    page = client.get(HOURS).content.decode()
    assert "Mon, Mar 9, 8:00 AM – Mon, Mar 9, 9:30 AM" in page
    assert "Your working zone is not the one" in page
    client.post(f"/hours/time-off/{off.pk}/remove/")
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2026-03-29T02:30", "02:30 does not exist in Europe/Berlin"),
        ("2026-03-29T06:00", "The end of your time off must come after its start."),
        ("tomorrow", "Enter a date and a time."),
        ("0001-01-01T00:00", "Enter a date and a time."),
    ],
)
def test_refused_time_off_keeps_what_was_typed(cast: Cast, start: str, words: str) -> None:
    page = signed_in(cast.provider).post(
        "/hours/time-off/", {"start": start, "end": "2026-03-29T05:00", "note": "my note"}
    )

    text = page.content.decode()
    assert page.status_code == 422
    assert words in text
    assert f'value="{start}"' in text
    assert 'value="my note"' in text
    assert not TimeOff.objects.exists()


def test_settings_are_saved_as_typed(cast: Cast) -> None:
    answer = signed_in(cast.provider).post(
        "/hours/settings/", settings_form(daily_limit="6", on_leave_until="2026-04-01")
    )

    calendar = ProviderCalendar.objects.get(provider=cast.provider)
    assert answer["Location"] == "/hours/#settings"
    assert calendar.offers == {"video": [30, 45, 60], "audio": [30, 45]}
    assert (calendar.step_minutes, calendar.minimum_notice_minutes) == (30, 1440)
    assert (calendar.daily_limit, calendar.on_leave_until) == (6, dt.date(2026, 4, 1))
    assert calendar.confirms_automatically is False


@pytest.mark.parametrize(
    ("choice", "kept"), [("practice", None), ("always", True), ("never", False)]
)
def test_automatic_confirmation_follows_the_choice(
    cast: Cast, choice: str, kept: bool | None
) -> None:
    signed_in(cast.provider).post("/hours/settings/", settings_form(confirms=choice))

    calendar = ProviderCalendar.objects.get(provider=cast.provider)
    assert calendar.confirms_automatically is kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"video": "half an hour"}, "Enter minutes with commas between them"),
        ({"audio": "3"}, "A length is a whole number of minutes from 5 to 240."),
        ({"step_minutes": "7"}, "Select a valid choice."),
        ({"horizon_days": "0"}, "greater than or equal to 1"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
    ],
)
def test_refused_settings_change_nothing(cast: Cast, typed: dict[str, str], words: str) -> None:
    page = signed_in(cast.provider).post("/hours/settings/", settings_form(**typed))

    calendar = ProviderCalendar.objects.get(provider=cast.provider)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert (calendar.step_minutes, calendar.horizon_days) == (15, 60)
    assert not Event.objects.exists()


def test_page_asks_the_database_as_often_for_one_line_as_for_many(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.provider)
    calendar = ProviderCalendar.objects.get(provider=cast.provider)
    AvailabilityRule.objects.filter(calendar=calendar, weekday__gte=1).delete()
    with django_assert_num_queries(9):
        client.get(HOURS)

    for day in range(3):
        AvailabilityRule.objects.create(
            calendar=calendar, weekday=6, start_minute=day * 60, end_minute=day * 60 + 60
        )
        DateOverride.objects.create(calendar=calendar, date=dt.date(2026, 4, 1 + day))
        TimeOff.objects.create(
            calendar=calendar, starts_at=NOW, ends_at=NOW + dt.timedelta(days=day + 1)
        )
    with django_assert_num_queries(9):
        client.get(HOURS)


def test_page_speaks_of_the_hours_in_spanish_order(cast: Cast) -> None:
    cast.provider.language = "es"
    cast.provider.save()

    page = signed_in(cast.provider).get(reverse("availability:hours"))

    assert "09:00 – 17:00" in page.content.decode()
