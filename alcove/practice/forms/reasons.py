"""A cancellation reason."""

from django import forms
from django.utils.translation import gettext_lazy


class ReasonForm(forms.Form):
    """A reason in both languages of the product."""

    en = forms.CharField(label=gettext_lazy("In English"), max_length=120)
    es = forms.CharField(label=gettext_lazy("In Spanish"), max_length=120)
