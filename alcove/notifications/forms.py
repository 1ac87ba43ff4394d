"""What people choose about being told."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alcove.notifications.actions.change_preferences import Quiet, Wishes
from alcove.notifications.kinds import LEADS, NEVER_OFFERED, Channel, Kind
from alcove.notifications.models import Preferences

QUIET_FROM, QUIET_UNTIL = dt.time(22), dt.time(7)


class PreferencesForm(forms.Form):
    """Channels for each kind, when to be reminded, quiet hours, and the words."""

    wanted = forms.MultipleChoiceField(required=False)
    leads = forms.TypedMultipleChoiceField(
        label=_("When to be reminded of a session"),
        choices=[(minutes, label) for minutes, label in LEADS.items()],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_quiet = forms.BooleanField(label=_("Keep quiet every day"), required=False)
    quiet_from = forms.TimeField(
        label=_("From"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Until"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    is_discreet = forms.BooleanField(label=_("Discreet words"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        preferences: Preferences,
        offered: Collection[Kind],
        switched_off: Collection[tuple[str, str]],
    ) -> None:
        """Filled with what is set; only the kinds that are offered can be chosen about."""
        choices = [
            (f"{kind}:{channel}", "")
            for kind in offered
            for channel in Channel
            if (kind, channel) not in NEVER_OFFERED
        ]
        off = {f"{kind}:{channel}" for kind, channel in switched_off}
        super().__init__(
            data,
            initial={
                "wanted": [value for value, _label in choices if value not in off],
                "leads": preferences.lead_minutes,
                "is_quiet": preferences.quiet_from is not None,
                "quiet_from": preferences.quiet_from or QUIET_FROM,
                "quiet_until": preferences.quiet_until or QUIET_UNTIL,
                "is_discreet": preferences.is_discreet,
            },
        )
        self.offered = offered
        self.fields["wanted"] = forms.MultipleChoiceField(choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        """Quiet hours need both their ends."""
        data = super().clean() or self.cleaned_data
        if data.get("is_quiet"):
            for name in ("quiet_from", "quiet_until"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Enter a time, such as 22:00."))
        return data

    def wishes(self) -> Wishes:
        """What was chosen."""
        data = self.cleaned_data
        quiet: Quiet | None = None
        if data["is_quiet"]:
            quiet = data["quiet_from"], data["quiet_until"]
        pairs = (value.split(":") for value in data["wanted"])
        return Wishes(
            offered=self.offered,
            wanted={(Kind(kind), Channel(channel)) for kind, channel in pairs},
            lead_minutes=data["leads"],
            quiet=quiet,
            is_discreet=data["is_discreet"],
        )

    @property
    def chosen(self) -> set[str]:
        """The pairs of kind and channel that are ticked as the page is shown."""
        value = self["wanted"].value()
        return {str(one) for one in value or []}
