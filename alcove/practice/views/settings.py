"""The practice's name, zone and numbers."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.people.actions.change_practice import change_practice
from alcove.people.models import Practice
from alcove.practice.forms.settings import SETTINGS, SettingsForm
from alcove.practice.views.page import AdminPage


class Settings(AdminPage):
    """Every setting with its meaning, in groups."""

    template_name = "practice/settings.html"

    def get_form(self, data: Any = None) -> forms.Form:
        """The form, filled with what is set."""
        return cast(forms.Form, SettingsForm(data, instance=Practice.load()))

    def perform(self, form: forms.Form) -> str:
        """Save all of it."""
        change_practice(actor=self.admin, now=self.now, **form.cleaned_data)
        messages.success(self.request, _("The settings are saved."))
        return reverse("practice:settings")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The fields by group."""
        return {
            "groups": [
                (number, title, [form[name] for name in names])
                for number, (title, names) in enumerate(SETTINGS)
            ]
        }
