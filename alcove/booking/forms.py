"""What the client's pages of booking take in."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alcove.booking.errors import SlotNotOffered
from alcove.booking.models import CancellationReason, NoShow
from alcove.core import clock

# No calendar is open as far as that; beyond it a date is a typing error.
FARTHEST = dt.timedelta(days=3 * 366)


class MoveTimeForm(forms.Form):
    """The chosen start, as an ISO instant with its offset."""

    starts_at = forms.DateTimeField(
        error_messages={
            "required": _("Please choose a time."),
            "invalid": SlotNotOffered.message,
        }
    )

    def clean_starts_at(self) -> dt.datetime:
        """Refuse instants that no calendar can hold."""
        starts_at: dt.datetime = self.cleaned_data["starts_at"]
        try:
            offered = abs(starts_at.astimezone(dt.UTC) - clock.now()) < FARTHEST
        except OverflowError:
            offered = False
        if not offered:
            raise ValidationError(str(SlotNotOffered.message))
        return starts_at.astimezone(dt.UTC)


class ChooseTimeForm(MoveTimeForm):
    """A start with the type and length it was shown for."""

    modality = forms.CharField(widget=forms.HiddenInput, max_length=5)
    length = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=24 * 60)


class RingForm(forms.Form):
    """A type and length in one value, such as "video.45"; whether it is offered, the action says."""

    session = forms.RegexField(
        r"^[a-z]{1,5}\.[0-9]{1,3}$",
        error_messages={
            "required": _("Please choose a session type and length."),
            "invalid": _("Please choose a session type and length."),
        },
    )

    def clean_session(self) -> tuple[str, int]:
        """The two of them."""
        modality, length = str(self.cleaned_data["session"]).split(".")
        return modality, int(length)


class AgreeForm(forms.Form):
    """The consequence the person was shown, as its token."""

    agreed = forms.CharField(widget=forms.HiddenInput, max_length=40)


class DisputeForm(forms.Form):
    """What a client says about a session that was marked as missed."""

    words = forms.CharField(
        label=_("What happened?"),
        help_text=_("The practice reads it beside what was recorded; so does your provider."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please say in a few words what happened.")},
    )


class VerdictForm(forms.Form):
    """What staff decide about a dispute, and why."""

    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=NoShow.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a decision.")},
    )
    words = forms.CharField(
        label=_("Why"),
        help_text=_("Client and provider can read it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please give the reason in a few words.")},
    )


class CancelForm(AgreeForm):
    """Why a session is cancelled (R12)."""

    reason: "forms.ModelChoiceField[CancellationReason]" = forms.ModelChoiceField(
        label=_("Reason"),
        queryset=CancellationReason.objects.filter(retired_at=None),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Please choose a reason."),
            "invalid_choice": _("Please choose a reason."),
        },
    )
    words = forms.CharField(
        label=_("Anything you want to add"),
        help_text=_("Everybody in the room can read it."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the reasons in the reader's language."""
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        if not CancellationReason.objects.filter(retired_at=None).exists():
            # A practice without a list must not keep anybody from cancelling.
            del self.fields["reason"]
            return
        reasons = self.fields["reason"]
        reasons.label_from_instance = lambda reason: reason.text(language)  # type: ignore[attr-defined]  # a ModelChoiceField
