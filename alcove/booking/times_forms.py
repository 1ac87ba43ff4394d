"""What the pages of finding a time take in (R6)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcove.availability.errors import SkippedHour
from alcove.availability.forms import WallDateTimeField, WallTimeField
from alcove.availability.models import Modality
from alcove.availability.policies import instant_of_start
from alcove.availability.slots import WallSpan
from alcove.booking import display
from alcove.booking.actions.offer_times import MOST_TIMES
from alcove.booking.wishes import PARTS, WEEKS, Wished
from alcove.core.formats import long_day, weekday_name
from alcove.people.models import Person

EXACT_ROWS = 4
LONGEST_WORDS = 500


def mark_of(day: dt.date | int, part: str) -> str:
    """The value of one cell of the grid, such as "2026-12-01.morning" or "w0.evening"."""
    return f"{_day_key(day)}.{part}"


def _day_key(day: dt.date | int) -> str:
    return f"w{day}" if isinstance(day, int) else day.isoformat()


@dataclass(frozen=True, slots=True)
class ExactRow:
    """The three controls of one exact range, as bound fields."""

    number: int
    day: forms.BoundField
    start: forms.BoundField
    end: forms.BoundField

    @property
    def fields(self) -> tuple[forms.BoundField, ...]:
        """All three."""
        return self.day, self.start, self.end

    @property
    def is_used(self) -> bool:
        """Whether something stands in it, or is wrong with it."""
        return any(field.value() or field.errors for field in self.fields)


class ShareTimesForm(forms.Form):
    """When a client would be free: cells of a grid, exact ranges, a line of words."""

    session = forms.ChoiceField(label=gettext_lazy("Session"))
    marks = forms.MultipleChoiceField(
        label=gettext_lazy("Times that would suit you"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose among the times that are shown.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Anything that helps"),
        help_text=gettext_lazy("Such as: mornings are best, or any day but Friday."),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        offers: Mapping[str, Sequence[int]],
        today: dt.date,
        wished: Iterable[Wished] = (),
        **options: Any,
    ) -> None:
        """``wished`` is what the client has marked before."""
        self.dates = [today + dt.timedelta(days=day) for day in range(WEEKS * 7)]
        marks, exact = _told_apart(wished)
        initial = {"marks": marks, **_rows(exact), **options.pop("initial", {})}
        super().__init__(data, initial=initial, **options)
        self._choose(
            "session",
            [
                (f"{modality}.{length}", display.session_words(modality, length))
                for modality, lengths in offers.items()
                for length in lengths
            ],
        )
        days: list[dt.date | int] = [*self.dates, *range(7)]
        # A day that was marked before and is over by now is still understood, and of no use.
        over = [one.day for one in wished if isinstance(one.day, dt.date) and one.day < today]
        self._choose("marks", [(mark_of(day, part), part) for day in days + over for part in PARTS])
        choices = [("", _("No day")), *((_day_key(day), day_words(day)) for day in days)]
        for row in range(EXACT_ROWS):
            self.fields[f"day_{row}"] = forms.ChoiceField(
                label=_("Day"), choices=choices, required=False
            )
            self.fields[f"start_{row}"] = WallTimeField(label=_("From"), required=False)
            self.fields[f"end_{row}"] = WallTimeField(label=_("Until"), required=False, is_end=True)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def exact_rows(self) -> list[ExactRow]:
        """The rows of exact ranges."""
        return [
            ExactRow(row, self[f"day_{row}"], self[f"start_{row}"], self[f"end_{row}"])
            for row in range(EXACT_ROWS)
        ]

    @property
    def marked(self) -> set[str]:
        """The cells that are marked at present, typed or stored."""
        return set(self["marks"].value() or ())

    def clean(self) -> dict[str, Any]:
        """Put cells and exact ranges together as ``wished``."""
        data = super().clean() or self.cleaned_data
        wished = [_read_mark(mark) for mark in data.get("marks", [])]
        for row in range(EXACT_ROWS):
            found = self._exact(row, data)
            if found is not None:
                wished.append(found)
        data["wished"] = wished
        return data

    def _exact(self, row: int, data: dict[str, Any]) -> Wished | None:
        names = (f"day_{row}", f"start_{row}", f"end_{row}")
        if any(name in self.errors for name in names):
            return None
        day, start, end = (data.get(name) for name in names)
        if not day and start is None and end is None:
            return None
        if not day:
            self.add_error(names[0], _("Choose the day of this range."))
        elif start is None or end is None:
            self.add_error(names[1], _("Enter from when until when."))
        elif start >= end:
            self.add_error(names[2], _("This is before the beginning."))
        else:
            return Wished(_read_day(str(day)), WallSpan(start, end))
        return None

    def clean_session(self) -> tuple[str, int]:
        """Type and length."""
        modality, length = str(self.cleaned_data["session"]).split(".")
        return modality, int(length)


def _read_day(key: str) -> dt.date | int:
    return int(key[1:]) if key.startswith("w") else dt.date.fromisoformat(key)


def _read_mark(mark: str) -> Wished:
    day, _dot, part = mark.partition(".")
    return Wished(_read_day(day), PARTS[part])


def _told_apart(wished: Iterable[Wished]) -> tuple[list[str], list[Wished]]:
    """What cells of the grid say, and what needs an exact row."""
    names = {span: part for part, span in PARTS.items()}
    marks, exact = [], []
    for one in wished:
        part = names.get(one.span)
        if part is None:
            exact.append(one)
        else:
            marks.append(mark_of(one.day, part))
    return marks, exact


def _rows(exact: Sequence[Wished]) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for row, one in enumerate(exact[:EXACT_ROWS]):
        initial[f"day_{row}"] = _day_key(one.day)
        initial[f"start_{row}"] = one.span.start_minute
        initial[f"end_{row}"] = one.span.end_minute
    return initial


def day_words(day: dt.date | int) -> str:
    """Such as "Tuesday, December 1" or "Every Tuesday"."""
    if isinstance(day, int):
        return _("Every %(weekday)s") % {"weekday": weekday_name(day)}
    return long_day(day)


class OfferTimesForm(forms.Form):
    """Up to three exact starts: some of those listed, others typed on the provider's wall clock."""

    session = forms.RegexField(r"^[a-z]{1,5}\.[0-9]{1,3}$", widget=forms.HiddenInput)
    instead_of = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    starts = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Times that fit"), required=False, coerce=dt.datetime.fromisoformat
    )
    words = forms.CharField(
        label=gettext_lazy("A word for the client"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, data: Any = None, *, provider: Person, fitting: Sequence[dt.datetime], **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.provider = provider
        starts = self.fields["starts"]
        assert isinstance(starts, forms.ChoiceField)
        # A listed time that was taken meanwhile is still read: the action says what became of it.
        typed = cast(QueryDict, self.data).getlist("starts") if self.is_bound else []
        known = {start.isoformat() for start in fitting} | {
            one for one in typed if _is_instant(one)
        }
        starts.choices = [(one, one) for one in sorted(known)]
        for row in range(MOST_TIMES):
            self.fields[f"other_{row}"] = WallDateTimeField(label=_("Another time"), required=False)

    @property
    def others(self) -> list[forms.BoundField]:
        """The controls for times that are not listed."""
        return [self[f"other_{row}"] for row in range(MOST_TIMES)]

    @property
    def chosen(self) -> set[str]:
        """The listed starts that are chosen at present."""
        return set(self["starts"].value() or ())

    def clean(self) -> dict[str, Any]:
        """Put listed and typed times together as ``all_starts``, each once."""
        data = super().clean() or self.cleaned_data
        found = {start.astimezone(dt.UTC) for start in data.get("starts", [])}
        for row in range(MOST_TIMES):
            name = f"other_{row}"
            wall = data.get(name)
            if wall is None:
                continue
            try:
                found.add(instant_of_start(wall, self.provider.zone))
            except SkippedHour as skipped:
                self.add_error(name, str(skipped))
        data["all_starts"] = sorted(found)
        return data

    def clean_session(self) -> tuple[str, int]:
        """Type and length."""
        modality, length = str(self.cleaned_data["session"]).split(".")
        if modality not in Modality.values:
            raise ValidationError(_("Please choose a session type and length."))
        return modality, int(length)


def _is_instant(value: str) -> bool:
    try:
        return dt.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


class ExchangeForm(forms.Form):
    """What somebody does about a time proposal, on its page or from its card in the room."""

    act = forms.ChoiceField(
        choices=[(act, act) for act in ("accept", "refuse", "take_back", "decline", "withdraw")],
        widget=forms.HiddenInput,
    )
    starts_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("A word for the client"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """Only accepting needs a time."""
        data = super().clean() or self.cleaned_data
        if data.get("act") == "accept" and not data.get("starts_at"):
            raise ValidationError(_("Please choose a time."))
        return data
