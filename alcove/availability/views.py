"""The provider's page of working hours: one page, each section its own form."""

import datetime as dt
from collections import defaultdict
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.availability.access import own_calendar
from alcove.availability.actions.add_date_override import add_date_override
from alcove.availability.actions.add_time_off import add_time_off
from alcove.availability.actions.become_available import become_available, end_availability
from alcove.availability.actions.change_calendar_settings import change_calendar_settings
from alcove.availability.actions.change_weekly_hours import (
    add_weekly_hours,
    change_weekly_hours,
    remove_weekly_hours,
    rule_in,
)
from alcove.availability.actions.remove_date_override import remove_date_override
from alcove.availability.actions.remove_time_off import remove_time_off
from alcove.availability.forms import (
    AddWeeklyHoursForm,
    CalendarSettingsForm,
    ChangeWeeklyHoursForm,
    DateOverrideForm,
    StayForm,
    TimeOffForm,
)
from alcove.availability.models import (
    AvailabilityRule,
    DateOverride,
    ProviderCalendar,
    TimeOff,
)
from alcove.availability.wording import span_words, types_words, weekday_words
from alcove.core.formats import clock_time, day_and_time, long_day, zone_name
from alcove.core.pages import ActionPage
from alcove.people.models import Person, Practice


class Hours(ActionPage):
    """The page as it stands; its sections below show it again with their own form bound."""

    template_name = "availability/hours.html"
    http_method_names = ["get", "head", "options"]
    # Which section the form of this view belongs to.
    section: ClassVar[str] = ""

    def load(self, **kwargs: Any) -> None:
        """The reader's own calendar; NotAllowed for people who are no providers."""
        self.person = cast(Person, self.request.user)
        self.calendar = own_calendar(self.person)

    def done(self, words: str, section: str) -> str:
        """Say what was done; go back to the section."""
        messages.success(self.request, words)
        return f"{reverse('availability:hours')}#{section}"

    def context(self, form: forms.Form) -> dict[str, Any]:
        """All sections, each with its form; the bound one is open."""
        practice = Practice.load()
        sections = {
            "now": StayForm,
            "weekly": AddWeeklyHoursForm,
            "dates": DateOverrideForm,
            "off": TimeOffForm,
        }
        found: dict[str, forms.Form] = {
            name: form if name == self.section else build() for name, build in sections.items()
        }
        found["settings"] = (
            form
            if self.section == "settings"
            else CalendarSettingsForm(calendar=self.calendar, practice=practice)
        )
        return {
            "forms": found,
            "open_section": self.section,
            "calendar": self.calendar,
            "zone": zone_name(self.calendar.zone, self.now),
            "zone_differs": self.calendar.time_zone != self.person.time_zone,
            "week": week_of(self.calendar),
            "dates": coming_overrides(self.calendar, self.now),
            "absences": coming_time_off(self.calendar, self.now),
        }


class Section(Hours):
    """A section that can be posted."""

    http_method_names = ["get", "head", "options", "post"]


class AvailableNow(Section):
    """Take clients at once for a while, or not any more (R16); also posted from Schedule."""

    section = "now"
    form_class = StayForm

    def perform(self, form: forms.Form) -> str:
        """Begin or end it and go back to where the switch was."""
        minutes = form.cleaned_data["minutes"]
        if minutes:
            calendar = become_available(actor=self.person, minutes=minutes, now=self.now)
            until = cast(dt.datetime, calendar.available_now_until)
            words = _("Clients can ring you until %(time)s.") % {
                "time": clock_time(until, self.person.zone)
            }
        else:
            end_availability(actor=self.person, now=self.now)
            words = _("Clients can no longer ring you.")
        if form.cleaned_data["back"] == "schedule":
            messages.success(self.request, words)
            return reverse("booking:schedule")
        return self.done(words, "now")


class AddWeekly(Section):
    """Open hours on days of the week."""

    section = "weekly"
    form_class = AddWeeklyHoursForm

    def perform(self, form: forms.Form) -> str:
        """Add and go back."""
        typed = cast(AddWeeklyHoursForm, form)
        add_weekly_hours(
            actor=self.person,
            weekdays=typed.cleaned_data["weekdays"],
            hours=typed.hours,
            now=self.now,
        )
        return self.done(_("Your weekly hours are saved."), "weekly")


class ChangeWeekly(Section):
    """One line of the week on a page of its own, with the way to remove it."""

    template_name = "availability/weekly_line.html"

    def load(self, **kwargs: Any) -> None:
        """The line, in the reader's own calendar."""
        super().load()
        self.rule = rule_in(self.calendar, kwargs["rule_id"])

    def get_form(self, data: Any = None) -> forms.Form:
        """Filled with the line as it is."""
        return ChangeWeeklyHoursForm(data, rule=self.rule)

    def perform(self, form: forms.Form) -> str:
        """Save and go back."""
        typed = cast(ChangeWeeklyHoursForm, form)
        change_weekly_hours(
            actor=self.person,
            rule_id=self.rule.pk,
            weekday=typed.cleaned_data["weekday"],
            hours=typed.hours,
            now=self.now,
        )
        return self.done(_("Your weekly hours are saved."), "weekly")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Which line it is."""
        return {
            "rule": self.rule,
            "day": weekday_words(self.rule.weekday),
            "span": span_words(self.rule.start_minute, self.rule.end_minute),
        }


class Removal(Section):
    """A button's post without fields."""

    http_method_names = ["post", "options"]


class RemoveWeekly(Removal):
    """Close one line of the week."""

    def perform(self, form: forms.Form) -> str:
        """Remove and go back."""
        remove_weekly_hours(actor=self.person, rule_id=self.kwargs["rule_id"], now=self.now)
        return self.done(_("The hours are removed. Booked sessions stay."), "weekly")


class AddOverride(Section):
    """Set one date apart."""

    section = "dates"
    form_class = DateOverrideForm

    def perform(self, form: forms.Form) -> str:
        """Add and go back."""
        typed = cast(DateOverrideForm, form)
        add_date_override(
            actor=self.person, date=typed.cleaned_data["date"], hours=typed.hours, now=self.now
        )
        return self.done(_("The date is saved. Booked sessions stay."), "dates")


class RemoveOverride(Removal):
    """Let a date follow the week again."""

    def perform(self, form: forms.Form) -> str:
        """Remove and go back."""
        remove_date_override(
            actor=self.person, override_id=self.kwargs["override_id"], now=self.now
        )
        return self.done(_("The date follows your weekly hours again."), "dates")


class AddTimeOff(Section):
    """Plan an absence."""

    section = "off"
    form_class = TimeOffForm

    def perform(self, form: forms.Form) -> str:
        """Add and go back."""
        data = form.cleaned_data
        add_time_off(
            actor=self.person,
            starts_on_wall=data["start"],
            ends_on_wall=data["end"],
            note=data["note"],
            now=self.now,
        )
        return self.done(_("Your time off is saved. Booked sessions stay."), "off")


class RemoveTimeOff(Removal):
    """Call an absence off."""

    def perform(self, form: forms.Form) -> str:
        """Remove and go back."""
        remove_time_off(actor=self.person, time_off_id=self.kwargs["time_off_id"], now=self.now)
        return self.done(_("The time off is removed; that time can be booked again."), "off")


class ChangeSettings(Section):
    """Set the terms of the whole calendar."""

    section = "settings"

    def get_form(self, data: Any = None) -> forms.Form:
        """Filled with the terms as they are."""
        return CalendarSettingsForm(data, calendar=self.calendar, practice=Practice.load())

    def perform(self, form: forms.Form) -> str:
        """Save and go back."""
        settings = cast(CalendarSettingsForm, form).settings
        change_calendar_settings(actor=self.person, settings=settings, now=self.now)
        return self.done(_("Your booking settings are saved."), "settings")


def week_of(calendar: ProviderCalendar) -> list[dict[str, Any]]:
    """The seven days with their lines in words."""
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for rule in AvailabilityRule.objects.filter(calendar=calendar):
        lines[rule.weekday].append(
            {
                "id": rule.pk,
                "span": span_words(rule.start_minute, rule.end_minute),
                "types": types_words(rule.modalities),
            }
        )
    return [{"day": weekday_words(n), "lines": lines[n]} for n in range(7)]


def coming_overrides(calendar: ProviderCalendar, now: dt.datetime) -> list[dict[str, Any]]:
    """The dates set apart, from today in the working zone on."""
    today = now.astimezone(calendar.zone).date()
    return [
        {
            "id": row.pk,
            "day": long_day(row.date),
            "year": row.date.year if row.date.year != today.year else None,
            "span": span_words(row.start_minute, row.end_minute),
            "types": types_words(row.modalities),
        }
        for row in DateOverride.objects.filter(calendar=calendar, date__gte=today)
    ]


def coming_time_off(calendar: ProviderCalendar, now: dt.datetime) -> list[dict[str, Any]]:
    """The absences that are not over, on the wall clock of the working zone."""
    return [
        {
            "id": row.pk,
            "start": day_and_time(row.starts_at, calendar.zone),
            "end": day_and_time(row.ends_at, calendar.zone),
            "note": row.note,
        }
        for row in TimeOff.objects.filter(calendar=calendar, ends_at__gt=now)
    ]
