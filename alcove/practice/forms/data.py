"""A practice file, and the yes to it."""

from django import forms
from django.utils.translation import gettext_lazy


class PracticeFileForm(forms.Form):
    """A practice file."""

    file = forms.FileField(
        label=gettext_lazy("Practice file"),
        help_text=gettext_lazy("YAML, up to 8 MB."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )


class ApplyForm(forms.Form):
    """The file that was looked at, by its digest."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
