"""The wish to be deleted, and the no to it."""

from django import forms
from django.utils.translation import gettext_lazy


class DeletionForm(forms.Form):
    """Anything a person wants to say with their wish."""

    words = forms.CharField(
        label=gettext_lazy("Anything you want to add"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """Why a request is declined; its person reads it."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("The person who asked reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
