"""What the desk's pages take in."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from alcove.people.models import Person

# A calendar has dates at whose edges there is no instant in some zones.
_WITHIN = [MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2200, 12, 31))]


class BehalfForm(forms.Form):
    """Why staff do it for the client, and whether an admin waives what it costs."""

    agreed = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    reason = forms.CharField(
        label=_("Why you do this for the client"),
        help_text=_("For the audit log only: nobody in the room reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please say why you do this for the client.")},
    )
    waives = forms.BooleanField(
        label=_("Waive what it costs: the client pays nothing"), required=False
    )


class AskForm(forms.Form):
    """What somebody asks, with the page they came from."""

    page = forms.CharField(widget=forms.HiddenInput, max_length=2000, required=False)
    words = forms.CharField(
        label=_("What can we help you with?"),
        help_text=_(
            "For bookings and technical things. Matters of your therapy belong in your room."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please say in a few words what we can help you with.")},
    )


class AskSignedOutForm(AskForm):
    """The same for somebody who is not signed in."""

    address = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The answer goes there."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Please give the address that the answer goes to."),
            "invalid": _("That is no e-mail address."),
        },
    )
    field_order = ["page", "address", "words"]


class AnswerForm(forms.Form):
    """An answer, or closing without one."""

    act = forms.ChoiceField(choices=[("answer", ""), ("close", "")], required=False)
    words = forms.CharField(
        label=_("Answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write an answer, or close the request.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Closing needs no words."""
        super().__init__(*args, **kwargs)
        if self.data.get("act") == "close":
            self.fields["words"].required = False


class AuditFilterForm(forms.Form):
    """Which rows of the audit log to show."""

    person = forms.EmailField(
        label=_("E-mail address of somebody"),
        help_text=_("Who did it, or whom it is about"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        validators=_WITHIN,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        validators=_WITHIN,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    act = forms.ChoiceField(label=_("Act"), required=False)

    def __init__(self, *args: Any, acts: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the acts that there are."""
        super().__init__(*args, **kwargs)
        act = cast("forms.ChoiceField", self.fields["act"])
        act.choices = [("", _("Every act")), *acts]

    def clean_person(self) -> Person | None:
        """Whoever has this address."""
        address = str(self.cleaned_data["person"]).lower()
        if not address:
            return None
        person = Person.objects.filter(email=address).first()
        if person is None:
            raise ValidationError(_("Nobody has this address."))
        return person
