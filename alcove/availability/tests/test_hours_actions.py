"""What changes a provider's hours, and what may not."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from alcove.availability.actions.add_date_override import add_date_override
from alcove.availability.actions.add_time_off import add_time_off
from alcove.availability.actions.change_calendar_settings import (
    CalendarSettings,
    change_calendar_settings,
)
from alcove.availability.actions.change_weekly_hours import (
    add_weekly_hours,
    change_weekly_hours,
    remove_weekly_hours,
)
from alcove.availability.actions.remove_date_override import remove_date_override
from alcove.availability.actions.remove_time_off import remove_time_off
from alcove.availability.errors import (
    DateHasHours,
    DateIsPast,
    EndsBeforeStart,
    HoursOverlap,
    NoSessionType,
    NoWeekday,
    SkippedHour,
    TimeOffBackwards,
    TimeOffIsPast,
)
from alcove.availability.models import (
    AvailabilityRule,
    DateOverride,
    ProviderCalendar,
    TimeOff,
)
from alcove.availability.policies import Hours, instant_of_end, instant_of_start
from alcove.core.errors import NotAllowed, NotFound
from alcove.core.models import Event
from tests.cast import NOW, OFFERS, Cast, at

ALL = ("video", "audio", "chat")
BERLIN = ZoneInfo("Europe/Berlin")


def week(cast: Cast) -> list[tuple[int, int, int, list[str]]]:
    rules = AvailabilityRule.objects.filter(calendar_id=cast.provider.pk)
    return list(rules.values_list("weekday", "start_minute", "end_minute", "modalities"))


def last_event() -> tuple[str, str, str, dict[str, object]]:
    event = Event.objects.latest("id")
    return event.kind, event.subject, event.actor, event.data


def wall(day: int, hour: int, minute: int = 0, *, month: int = 3) -> dt.datetime:
    return at(day, hour, minute, month=month).replace(tzinfo=None)


def test_added_hours_stand_on_every_chosen_day_and_are_recorded(cast: Cast) -> None:
    add_weekly_hours(
        actor=cast.provider, weekdays=[6, 5, 5], hours=Hours(600, 1440, ("video",)), now=NOW
    )

    assert week(cast)[5:] == [(5, 600, 1440, ["video"]), (6, 600, 1440, ["video"])]
    assert last_event() == (
        "weekly_hours.added",
        f"calendar:{cast.provider.pk}",
        cast.provider.key,
        {"weekday": 6, "start_minute": 600, "end_minute": 1440, "modalities": ["video"]},
    )


def test_hours_that_touch_are_added(cast: Cast) -> None:
    add_weekly_hours(actor=cast.provider, weekdays=[0], hours=Hours(1020, 1080, ALL), now=NOW)

    assert week(cast)[:2] == [(0, 540, 1020, list(ALL)), (0, 1020, 1080, list(ALL))]


def test_hours_that_overlap_for_one_type_are_refused_on_every_day(cast: Cast) -> None:
    before = week(cast)

    with pytest.raises(HoursOverlap) as refused:
        add_weekly_hours(
            actor=cast.provider, weekdays=[6, 0], hours=Hours(1019, 1080, ("chat",)), now=NOW
        )

    assert refused.value.data == {"day": "Monday", "span": "9:00 AM – 5:00 PM"}
    assert week(cast) == before
    assert not Event.objects.exists()


def test_hours_that_overlap_for_other_types_only_are_added(cast: Cast) -> None:
    rule = AvailabilityRule.objects.get(calendar_id=cast.provider.pk, weekday=0)
    change_weekly_hours(
        actor=cast.provider, rule_id=rule.pk, weekday=0, hours=Hours(540, 1020, ("chat",)), now=NOW
    )

    add_weekly_hours(actor=cast.provider, weekdays=[0], hours=Hours(600, 700, ("video",)), now=NOW)

    assert week(cast)[:2] == [(0, 540, 1020, ["chat"]), (0, 600, 700, ["video"])]


@pytest.mark.parametrize(
    ("weekdays", "hours", "error"),
    [
        ([6], Hours(600, 600, ALL), EndsBeforeStart),
        ([6], Hours(660, 600, ALL), EndsBeforeStart),
        ([6], Hours(600, 660, ()), NoSessionType),
        ([], Hours(600, 660, ALL), NoWeekday),
    ],
)
def test_hours_that_offer_nothing_are_refused(
    cast: Cast, weekdays: list[int], hours: Hours, error: type[Exception]
) -> None:
    with pytest.raises(error):
        add_weekly_hours(actor=cast.provider, weekdays=weekdays, hours=hours, now=NOW)


def test_changed_line_may_overlap_with_what_it_was(cast: Cast) -> None:
    rule = AvailabilityRule.objects.get(calendar_id=cast.provider.pk, weekday=0)

    change_weekly_hours(
        actor=cast.provider, rule_id=rule.pk, weekday=0, hours=Hours(600, 960, ALL), now=NOW
    )

    assert week(cast)[0] == (0, 600, 960, list(ALL))
    assert last_event()[0] == "weekly_hours.changed"


def test_removed_line_is_gone_and_recorded(cast: Cast) -> None:
    rule = AvailabilityRule.objects.get(calendar_id=cast.provider.pk, weekday=0)

    remove_weekly_hours(actor=cast.provider, rule_id=rule.pk, now=NOW)

    assert [line[0] for line in week(cast)] == [1, 2, 3, 4]
    assert last_event()[0] == "weekly_hours.removed"


def test_others_rows_are_not_found(cast: Cast) -> None:
    rule = AvailabilityRule.objects.get(calendar_id=cast.provider.pk, weekday=0)
    override = add_date_override(actor=cast.provider, date=dt.date(2026, 3, 9), hours=None, now=NOW)
    off = add_time_off(
        actor=cast.provider, starts_on_wall=wall(9, 8), ends_on_wall=wall(9, 9), note="", now=NOW
    )
    other = cast.second_provider

    with pytest.raises(NotFound):
        remove_weekly_hours(actor=other, rule_id=rule.pk, now=NOW)
    with pytest.raises(NotFound):
        change_weekly_hours(
            actor=other, rule_id=rule.pk, weekday=6, hours=Hours(0, 60, ALL), now=NOW
        )
    with pytest.raises(NotFound):
        remove_date_override(actor=other, override_id=override.pk, now=NOW)
    with pytest.raises(NotFound):
        remove_time_off(actor=other, time_off_id=off.pk, now=NOW)


def test_people_who_are_no_providers_are_refused(cast: Cast) -> None:
    for person in (cast.client, cast.partner, cast.staff, cast.stranger):
        with pytest.raises(NotAllowed):
            add_weekly_hours(actor=person, weekdays=[6], hours=Hours(0, 60, ALL), now=NOW)
        with pytest.raises(NotAllowed):
            add_date_override(actor=person, date=dt.date(2026, 3, 9), hours=None, now=NOW)
        with pytest.raises(NotAllowed):
            add_time_off(
                actor=person, starts_on_wall=wall(9, 8), ends_on_wall=wall(9, 9), note="", now=NOW
            )
    assert not ProviderCalendar.objects.filter(provider=cast.stranger).exists()


def test_provider_without_calendar_gets_one_with_the_first_hours(cast: Cast) -> None:
    cast.stranger.is_provider = True
    cast.stranger.save()

    add_weekly_hours(actor=cast.stranger, weekdays=[0], hours=Hours(0, 60, ALL), now=NOW)

    calendar = ProviderCalendar.objects.get(provider=cast.stranger)
    assert (calendar.time_zone, calendar.rules.count()) == ("Europe/Berlin", 1)


def test_date_is_closed_and_opened_again(cast: Cast) -> None:
    date = dt.date(2026, 3, 9)
    override = add_date_override(actor=cast.provider, date=date, hours=None, now=NOW)

    with pytest.raises(DateHasHours):
        add_date_override(actor=cast.provider, date=date, hours=None, now=NOW)
    with pytest.raises(DateHasHours):
        add_date_override(actor=cast.provider, date=date, hours=Hours(0, 60, ALL), now=NOW)
    remove_date_override(actor=cast.provider, override_id=override.pk, now=NOW)

    assert not DateOverride.objects.exists()
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == [
        "date_override.added",
        "date_override.removed",
    ]


def test_date_takes_spans_that_touch_and_refuses_those_that_overlap(cast: Cast) -> None:
    date = dt.date(2026, 3, 9)
    add_date_override(actor=cast.provider, date=date, hours=Hours(600, 660, ALL), now=NOW)
    add_date_override(actor=cast.provider, date=date, hours=Hours(660, 720, ALL), now=NOW)

    with pytest.raises(HoursOverlap):
        add_date_override(actor=cast.provider, date=date, hours=Hours(719, 780, ALL), now=NOW)
    with pytest.raises(DateHasHours):
        add_date_override(actor=cast.provider, date=date, hours=None, now=NOW)

    assert DateOverride.objects.count() == 2


def test_past_is_judged_by_the_date_of_the_working_zone(cast: Cast) -> None:
    late = at(2, 23, 30)  # 3 March in Berlin, still 2 March in New York
    second_of_march = dt.date(2026, 3, 2)

    with pytest.raises(DateIsPast):
        add_date_override(actor=cast.provider, date=second_of_march, hours=None, now=late)
    add_date_override(actor=cast.second_provider, date=second_of_march, hours=None, now=late)

    assert DateOverride.objects.get().calendar_id == cast.second_provider.pk


def test_time_off_is_kept_to_the_minute_and_its_note_stays_private(cast: Cast) -> None:
    off = add_time_off(
        actor=cast.provider,
        starts_on_wall=wall(9, 8, 7),
        ends_on_wall=wall(10, 9, 1),
        note="dentist",
        now=NOW,
    )

    assert (off.starts_at, off.ends_at, off.note) == (at(9, 7, 7), at(10, 8, 1), "dentist")
    assert last_event()[3] == {
        "starts_at": "2026-03-09T07:07:00+00:00",
        "ends_at": "2026-03-10T08:01:00+00:00",
    }

    remove_time_off(actor=cast.provider, time_off_id=off.pk, now=NOW)
    assert not TimeOff.objects.exists()
    assert last_event()[0] == "time_off.removed"


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        (wall(29, 2, 30), wall(29, 5), SkippedHour),
        (wall(28, 2), wall(29, 2), SkippedHour),
        (wall(9, 9), wall(9, 9), TimeOffBackwards),
        (wall(9, 9), wall(9, 8), TimeOffBackwards),
        (wall(1, 9), wall(2, 10), TimeOffIsPast),  # NOW is 10:00 in Berlin
    ],
)
def test_time_off_that_cannot_be_is_refused(
    cast: Cast, start: dt.datetime, end: dt.datetime, error: type[Exception]
) -> None:
    with pytest.raises(error):
        add_time_off(actor=cast.provider, starts_on_wall=start, ends_on_wall=end, note="", now=NOW)
    assert not TimeOff.objects.exists()


def test_repeated_hour_counts_from_its_first_to_its_second_time(cast: Cast) -> None:
    off = add_time_off(
        actor=cast.provider,
        starts_on_wall=wall(25, 2, 15, month=10),
        ends_on_wall=wall(25, 2, 45, month=10),
        note="",
        now=NOW,
    )

    assert off.starts_at == at(25, 0, 15, month=10)
    assert off.ends_at == at(25, 1, 45, month=10)


def test_wall_times_at_the_edges_of_a_skipped_hour_exist() -> None:
    assert instant_of_start(wall(29, 1, 59), BERLIN) == at(29, 0, 59)
    assert instant_of_end(wall(29, 3), BERLIN) == at(29, 1)


def settings_of(calendar: ProviderCalendar, **changes: object) -> CalendarSettings:
    fields = {name: getattr(calendar, name) for name in CalendarSettings.__dataclass_fields__}
    return CalendarSettings(**fields | changes)


def test_settings_record_what_changed_and_nothing_else(cast: Cast) -> None:
    calendar = ProviderCalendar.objects.get(provider=cast.provider)
    wanted = settings_of(
        calendar, confirms_automatically=True, on_leave_until=dt.date(2026, 4, 1), daily_limit=6
    )

    changed = change_calendar_settings(actor=cast.provider, settings=wanted, now=NOW)
    change_calendar_settings(actor=cast.provider, settings=wanted, now=NOW)

    assert (changed.confirms_automatically, changed.daily_limit) == (True, 6)
    assert list(Event.objects.values_list("kind", "data")) == [
        (
            "calendar.changed",
            {"daily_limit": 6, "confirms_automatically": True, "on_leave_until": "2026-04-01"},
        )
    ]


def test_settings_change_the_actors_own_calendar_only(cast: Cast) -> None:
    calendar = ProviderCalendar.objects.get(provider=cast.provider)
    wanted = settings_of(calendar, step_minutes=60)

    change_calendar_settings(actor=cast.second_provider, settings=wanted, now=NOW)
    with pytest.raises(NotAllowed):
        change_calendar_settings(actor=cast.client, settings=wanted, now=NOW)

    calendar.refresh_from_db()
    assert (calendar.step_minutes, calendar.offers) == (15, OFFERS)
