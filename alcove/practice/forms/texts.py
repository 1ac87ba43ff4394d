"""The practice's own words, colours and logo."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcove.people.colours import HEX, require_readable
from alcove.people.errors import AccentUnreadable
from alcove.people.models import Practice


def _words(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TextsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The practice's own words in both languages, and its two accents."""

    policy_text = _words(
        gettext_lazy("Added to the cancellation policy, in English"),
        gettext_lazy("It stands below the rules wherever a session is booked or moved."),
    )
    policy_text_es = _words(
        gettext_lazy("Added to the cancellation policy, in Spanish"),
        gettext_lazy("Left empty, readers of Spanish see the English words."),
    )
    crisis_text = _words(
        gettext_lazy("Added to the crisis page, in English"),
        gettext_lazy("Such as the numbers that help in your country. Emergency numbers stay."),
    )
    crisis_text_es = _words(gettext_lazy("Added to the crisis page, in Spanish"))
    crisis_link = forms.URLField(
        label=gettext_lazy("Link on the crisis page"),
        required=False,
        max_length=300,
        assume_scheme="https",
    )
    accent_light = forms.CharField(
        label=gettext_lazy("Colour on light pages"),
        help_text=gettext_lazy("Such as #1d6156, dark enough to be read. Empty: the usual green."),
        required=False,
    )
    accent_dark = forms.CharField(
        label=gettext_lazy("Colour on dark pages"),
        help_text=gettext_lazy("Such as #84cbbb, pale enough to be read."),
        required=False,
    )

    class Meta:
        model = Practice
        fields = (
            "policy_text",
            "policy_text_es",
            "crisis_text",
            "crisis_text_es",
            "crisis_link",
            "accent_light",
            "accent_dark",
        )

    def clean_accent_light(self) -> str:
        """A colour, or none."""
        return _colour(self.cleaned_data["accent_light"])

    def clean_accent_dark(self) -> str:
        """A colour, or none."""
        return _colour(self.cleaned_data["accent_dark"])

    def clean(self) -> dict[str, Any]:
        """Both colours or none, and each of them readable; the words stand at its field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        light, dark = data.get("accent_light"), data.get("accent_dark")
        if light is None or dark is None:
            return data
        if bool(light) != bool(dark):
            missing = "accent_dark" if light else "accent_light"
            self.add_error(missing, ValidationError(_("Choose a colour for both, or for neither.")))
        elif light:
            try:
                require_readable(light, dark)
            except AccentUnreadable as error:
                mend = {
                    "light": _("Choose a darker one."),
                    "dark": _("Choose a paler one."),
                }[error.data["theme"]]
                self.add_error(f"accent_{error.data['theme']}", ValidationError(f"{error} {mend}"))
        return data


def _colour(typed: str) -> str:
    colour = typed.strip().lower()
    if colour and not HEX.fullmatch(colour):
        raise ValidationError(_("Write the colour as # and six digits or letters a to f."))
    return colour


class LogoForm(forms.Form):
    """A picture."""

    logo = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("PNG, WebP or JPEG, up to 500 kB. It stands beside the name."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/webp,image/jpeg"}),
    )
