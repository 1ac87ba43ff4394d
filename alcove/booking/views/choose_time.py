"""Choosing a time: a month of days and the free starts of one; for booking and for moving (R5)."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from alcove.booking.month import Month, month_of
from alcove.booking.queries import RoomTerms, SlotSearch
from alcove.core.pages import ActionPage
from alcove.core.templatetags.times import reader_zone
from alcove.people.models import Person


class ChooseTime(ActionPage):
    """The page both journeys share; holding a chosen time leads on to the review.

    Its form carries no idempotency key: choosing a time again is the same hold by itself, and
    one page lets people choose several times one after the other.
    """

    template_name = "booking/time.html"
    terms: RoomTerms
    person: Person

    def search(self) -> SlotSearch:
        """The question for free starts."""
        raise NotImplementedError

    def asked(self, name: str) -> str:
        """A choice that the form or the link carries."""
        return self.request.POST.get(name) or self.request.GET.get(name, "")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The month, the chosen day and the next free time, in the reader's zone."""
        # At hand for the frame of the page, which would ask for it once more.
        self.request.practice = self.terms.practice  # type: ignore[attr-defined]
        search = self.search()
        month = month_of(
            search,
            reader_zone(),
            month=self.request.GET.get("month", ""),
            day=self.request.GET.get("day", ""),
        )
        return {
            "room": self.terms.room,
            "modality": search.modality,
            "length": search.length_minutes,
            "month": month,
            "zone_moment": _moment(month, self.now),
            "has_fresh_times": form.is_bound,
        }


def _moment(month: Month, now: dt.datetime) -> dt.datetime:
    """An instant of the chosen day, so that the zone is named with the offset of that day."""
    if month.chosen and month.chosen.slots:
        return month.chosen.slots[0]
    return max(now, timezone.make_aware(dt.datetime.combine(month.first, dt.time(12))))
