"""What admins set about the practice, each with its meaning."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcove.people.models import Practice
from alcove.people.policies import RANGES
from alcove.people.zones import zone_names

# Label and help of each setting, which says what it means and from when a change holds.
_TEXTS = {
    "name": (
        gettext_lazy("Name of the practice"),
        gettext_lazy("It stands at the top of every page and in every letter."),
    ),
    "time_zone": (
        gettext_lazy("Time zone of the practice"),
        gettext_lazy("In it the periods of plans begin and end. People see times in their own."),
    ),
    "notice_hours": (
        gettext_lazy("Hours before the start until which changes are free"),
        gettext_lazy(
            "Later changes cost what the plan says. Sessions that are booked already keep "
            "the hours that their client read."
        ),
    ),
    "hold_minutes": (
        gettext_lazy("Minutes for which a chosen time is kept"),
        gettext_lazy("While its client reads the last page. Holds from now on last so long."),
    ),
    "confirm_within_hours": (
        gettext_lazy("Hours within which a provider answers a request"),
        gettext_lazy("Requests from now on. One that nobody answers ends by itself, at no cost."),
    ),
    "confirm_before_start_hours": (
        gettext_lazy("Hours before the start by which it is answered at the latest"),
        gettext_lazy("Requests from now on. It matters where a session is booked at short notice."),
    ),
    "confirm_at_least_minutes": (
        gettext_lazy("Minutes that a provider has for an answer at least"),
        gettext_lazy("Requests from now on, however short the notice is."),
    ),
    "confirms_automatically": (
        gettext_lazy("Confirm bookings at once"),
        gettext_lazy(
            "Bookings from now on need no answer. Each provider can decide otherwise for themself."
        ),
    ),
    "join_before_minutes": (
        gettext_lazy("Minutes before the start from which a session can be joined"),
        gettext_lazy("For every session, from now on."),
    ),
    "join_after_minutes": (
        gettext_lazy("Minutes after the end until which a session stays open"),
        gettext_lazy("For every session, from now on."),
    ),
    "lets_in_automatically": (
        gettext_lazy("Let people in without a waiting room"),
        gettext_lazy(
            "Else everybody waits until the provider lets them in. For every session, from now on."
        ),
    ),
    "no_show_after_minutes": (
        gettext_lazy("Minutes without the client before a session can be marked as missed"),
        gettext_lazy("For every session, from now on. What is marked already stays as it is."),
    ),
    "dispute_hours": (
        gettext_lazy("Hours in which a client can dispute a missed session"),
        gettext_lazy("Sessions marked from now on. What is marked already keeps its deadline."),
    ),
    "proposal_answer_hours": (
        gettext_lazy("Hours in which a provider offers times to a client who found none"),
        gettext_lazy("Wishes that are sent from now on. Without an answer they end by themselves."),
    ),
    "proposal_remind_hours": (
        gettext_lazy("Hours after which the provider is reminded of such a wish"),
        gettext_lazy("Wishes that are sent from now on. It has to come before the answer is due."),
    ),
    "offer_hours": (
        gettext_lazy("Hours for which offered times are kept"),
        gettext_lazy("Offers from now on. Nobody else can book those times meanwhile."),
    ),
}


SETTINGS = [
    (gettext_lazy("The practice"), ["name", "time_zone"]),
    (
        gettext_lazy("Booking"),
        [
            "notice_hours",
            "hold_minutes",
            "confirm_within_hours",
            "confirm_before_start_hours",
            "confirm_at_least_minutes",
            "confirms_automatically",
        ],
    ),
    (
        gettext_lazy("The live session"),
        [
            "join_before_minutes",
            "join_after_minutes",
            "lets_in_automatically",
            "no_show_after_minutes",
            "dispute_hours",
        ],
    ),
    (
        gettext_lazy("Finding a time together"),
        ["proposal_answer_hours", "proposal_remind_hours", "offer_hours"],
    ),
]


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Every number of the practice within its range, its name and its zone."""

    class Meta:
        model = Practice
        fields = tuple(_TEXTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Explain each field and offer every zone."""
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in _TEXTS.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        for name, (least, most) in RANGES.items():
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                help_text=self.fields[name].help_text,
                min_value=least,
                max_value=most,
            )
        names = sorted({*zone_names(), self.instance.time_zone})
        self.fields["time_zone"].widget = forms.Select(
            choices=[(name, name.replace("_", " ")) for name in names]
        )

    def clean(self) -> dict[str, Any]:
        """A reminder comes while it is of use; the words stand at its field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        remind, answer = data.get("proposal_remind_hours"), data.get("proposal_answer_hours")
        if remind is not None and answer is not None and remind > answer:
            self.add_error(
                "proposal_remind_hours",
                ValidationError(
                    _("The reminder has to come before the time for an answer is over.")
                ),
            )
        return data
