"""What providers type about their hours. The rules stand in the actions; here is only reading."""

import datetime as dt
import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcove.availability.actions.change_calendar_settings import CalendarSettings
from alcove.availability.models import (
    MINUTES_OF_DAY,
    STEPS,
    AvailabilityRule,
    Modality,
    Offers,
    ProviderCalendar,
    validate_offers,
)
from alcove.availability.policies import STAYS_MINUTES, Hours
from alcove.people.models import Practice
from alcove.people.zones import is_zone, zone_names

NOTICES = (0, 30, 60, 120, 240, 480, 720, 1440, 2880, 4320, 10080)


class StayForm(forms.Form):
    """How long a provider is available now; "0" is not any more. ``back`` is the page it is on."""

    minutes = forms.TypedChoiceField(
        coerce=int, choices=[(n, str(n)) for n in (0, *STAYS_MINUTES)], widget=forms.HiddenInput
    )
    back = forms.ChoiceField(
        choices=[("schedule", "schedule"), ("hours", "hours")],
        required=False,
        widget=forms.HiddenInput,
    )


class WallTimeField(forms.Field):
    """A time of the day as minutes since midnight.

    As an end, 00:00 means the midnight that closes the day: a time control cannot say 24:00.
    """

    widget = forms.TimeInput

    def __init__(self, *, is_end: bool = False, **options: Any) -> None:
        super().__init__(widget=forms.TimeInput(attrs={"type": "time"}), **options)
        self.is_end = is_end

    def to_python(self, value: Any) -> int | None:
        """Read "9:00" or "09:00"; raise for anything that is no time of a day."""
        if value in self.empty_values:
            return None
        found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", str(value).strip())
        hour, minute = (int(found[1]), int(found[2])) if found else (99, 0)
        total = hour * 60 + minute
        if minute > 59 or total > MINUTES_OF_DAY or (total == MINUTES_OF_DAY and not self.is_end):
            raise ValidationError(_("Enter a time such as 09:30."))
        return MINUTES_OF_DAY if self.is_end and total == 0 else total

    def prepare_value(self, value: Any) -> Any:
        """Write minutes as a time control wants them; leave alone what was typed."""
        if isinstance(value, int):
            return "{:02}:{:02}".format(*divmod(value % MINUTES_OF_DAY, 60))
        return value


class WallDateTimeField(forms.Field):
    """A date and time on a wall clock, without a zone: naive, to the minute."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), **options)

    def to_python(self, value: Any) -> dt.datetime | None:
        """Read what a datetime-local control sends; raise for anything else."""
        if value in self.empty_values:
            return None
        try:
            found = dt.datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise ValidationError(_("Enter a date and a time.")) from error
        # A year at the very edge of the calendar cannot be moved between zones.
        if found.tzinfo is not None or not 2000 <= found.year <= 2200:
            raise ValidationError(_("Enter a date and a time."))
        return found.replace(second=0, microsecond=0)


class LengthsField(forms.CharField):
    """Lengths in minutes as a line of numbers: "30, 45, 60"."""

    def to_python(self, value: Any) -> Any:
        """The numbers, each once and in order; nothing means that the type is not offered."""
        words = re.split(r"[\s,;]+", str(super().to_python(value) or "").strip(" \t,;"))
        numbers = [word for word in words if word]
        if not all(re.fullmatch(r"[0-9]{1,3}", word) for word in numbers):
            raise ValidationError(_("Enter minutes with commas between them, such as 30, 45, 60."))
        return sorted({int(word) for word in numbers})

    def prepare_value(self, value: Any) -> Any:
        """Write stored lengths as a line; leave alone what was typed."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class SectionForm(forms.Form):
    """One of several forms on a page: the section's name keeps their ids apart."""

    section: ClassVar[str]

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id=f"{self.section}_%s", **options)


def _types_field(**options: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("Session types"),
        choices=Modality.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=Modality.values,
        **options,
    )


def _in_order(modalities: list[str]) -> tuple[str, ...]:
    return tuple(modality for modality in Modality.values if modality in modalities)


class SpanForm(SectionForm):
    """From, to and session types."""

    start = WallTimeField(label=gettext_lazy("From"))
    end = WallTimeField(label=gettext_lazy("To"), is_end=True)
    modalities = _types_field()

    @property
    def hours(self) -> Hours:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Hours(data["start"], data["end"], _in_order(data["modalities"]))


class AddWeeklyHoursForm(SpanForm):
    """The same hours on one or several days of the week."""

    section = "weekly"
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("weekdays", "start", "end", "modalities")


class ChangeWeeklyHoursForm(SpanForm):
    """One line of the week, filled with what it is now."""

    section = "line"
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Day"), choices=list(WEEKDAYS.items()), coerce=int
    )
    field_order = ("weekday", "start", "end", "modalities")

    def __init__(self, data: Any = None, *, rule: AvailabilityRule) -> None:
        initial = {
            "weekday": rule.weekday,
            "start": rule.start_minute,
            "end": rule.end_minute,
            "modalities": rule.modalities,
        }
        super().__init__(data, initial=initial)


class DateOverrideForm(SectionForm):
    """A date that is closed, or has hours of its own."""

    section = "dates"
    date = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"})
    )
    day = forms.ChoiceField(
        label=gettext_lazy("On that date"),
        choices=[
            ("closed", gettext_lazy("I do not work")),
            ("open", gettext_lazy("I work at other hours")),
        ],
        initial="closed",
        widget=forms.RadioSelect,
    )
    start = WallTimeField(label=gettext_lazy("From"))
    end = WallTimeField(label=gettext_lazy("To"), is_end=True)
    modalities = _types_field()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        # Hours belong to a date on which somebody works, and are not asked for otherwise.
        if data is not None and data.get("day") != "open":
            for name in ("start", "end", "modalities"):
                self.fields[name].required = False

    @property
    def hours(self) -> Hours | None:
        """The hours of that date, None where it is closed."""
        data = self.cleaned_data
        if data["day"] == "closed":
            return None
        return Hours(data["start"], data["end"], _in_order(data["modalities"]))


class TimeOffForm(SectionForm):
    """From when to when, to the minute, on the wall clock of the working zone."""

    section = "off"
    start = WallDateTimeField(label=gettext_lazy("From"))
    end = WallDateTimeField(label=gettext_lazy("To"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only you see this."),
    )


def _minutes_words(minutes: int) -> str:
    """A length of notice in the unit that reads best."""
    if minutes == 0:
        return _("None")
    if minutes % 1440 == 0 and minutes > 1440:
        return _("%(number)s days") % {"number": minutes // 1440}
    if minutes % 60 == 0:
        hours = minutes // 60
        return _("1 hour") if hours == 1 else _("%(number)s hours") % {"number": hours}
    return _("%(number)s minutes") % {"number": minutes}


class CalendarSettingsForm(SectionForm):
    """The terms of the whole calendar, filled with what they are now."""

    section = "settings"
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Working time zone"),
        help_text=gettext_lazy("Your hours are meant on the clocks of this zone."),
    )
    video = LengthsField(label=gettext_lazy("Video: lengths in minutes"), required=False)
    audio = LengthsField(label=gettext_lazy("Audio: lengths in minutes"), required=False)
    chat = LengthsField(
        label=gettext_lazy("Live chat: lengths in minutes"),
        required=False,
    )
    step_minutes = forms.TypedChoiceField(
        label=gettext_lazy("A session can start every"), coerce=int
    )
    buffer_before_minutes = forms.IntegerField(
        label=gettext_lazy("Rest before a session, in minutes"), min_value=0, max_value=240
    )
    buffer_after_minutes = forms.IntegerField(
        label=gettext_lazy("Rest after a session, in minutes"), min_value=0, max_value=240
    )
    minimum_notice_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Shortest notice for a booking"), coerce=int
    )
    horizon_days = forms.IntegerField(
        label=gettext_lazy("Days ahead that can be booked"), min_value=1, max_value=730
    )
    daily_limit = forms.IntegerField(
        label=gettext_lazy("Most sessions in a day"), required=False, min_value=1, max_value=48
    )
    confirms = forms.ChoiceField(
        label=gettext_lazy("Confirm automatically"), widget=forms.RadioSelect
    )
    on_leave_until = forms.DateField(
        label=gettext_lazy("On leave until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Your first day back. Until then nobody can book you."),
    )

    def __init__(self, data: Any = None, *, calendar: ProviderCalendar, practice: Practice) -> None:
        own = calendar.confirms_automatically
        initial = {
            field: getattr(calendar, field)
            for field in self.base_fields
            if hasattr(calendar, field)
        }
        initial |= {modality: calendar.offers.get(modality, []) for modality in Modality.values}
        initial["confirms"] = "practice" if own is None else "always" if own else "never"
        super().__init__(data, initial=initial)
        zones = sorted({*zone_names(), calendar.time_zone})
        self._choose("time_zone", [(name, name.replace("_", " ")) for name in zones])
        self._choose("step_minutes", [(step, _minutes_words(step)) for step in STEPS])
        notices = sorted({*NOTICES, calendar.minimum_notice_minutes})
        self._choose("minimum_notice_minutes", [(n, _minutes_words(n)) for n in notices])
        follow = (
            _("As the practice does: automatically")
            if practice.confirms_automatically
            else _("As the practice does: I answer each request")
        )
        self._choose(
            "confirms",
            [
                ("practice", follow),
                ("always", _("Always: a booking is confirmed at once")),
                ("never", _("Never: I answer each request")),
            ],
        )

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_time_zone(self) -> str:
        """A name that this machine knows as a zone."""
        name: str = self.cleaned_data["time_zone"]
        if not is_zone(name):
            raise ValidationError(_("Choose a time zone from the list."))
        return name

    def clean(self) -> dict[str, Any]:
        """Check each line of lengths by the model's own rule, so that the words stand there."""
        data = super().clean() or self.cleaned_data
        for modality in Modality.values:
            try:
                validate_offers({modality: data.get(modality) or []})
            except ValidationError as error:
                self.add_error(modality, error)
        return data

    @property
    def settings(self) -> CalendarSettings:
        """What was typed, once valid."""
        data = self.cleaned_data
        offers: Offers = {
            modality: data[modality] for modality in Modality.values if data[modality]
        }
        return CalendarSettings(
            time_zone=data["time_zone"],
            offers=offers,
            step_minutes=data["step_minutes"],
            buffer_before_minutes=data["buffer_before_minutes"],
            buffer_after_minutes=data["buffer_after_minutes"],
            minimum_notice_minutes=data["minimum_notice_minutes"],
            horizon_days=data["horizon_days"],
            daily_limit=data["daily_limit"],
            confirms_automatically={"practice": None, "always": True, "never": False}[
                data["confirms"]
            ],
            on_leave_until=data["on_leave_until"],
        )
