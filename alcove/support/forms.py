"""What the desk's pages take in."""

from django import forms
from django.utils.translation import gettext_lazy as _


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
