"""The practice's own words and look: policy, crisis page, colours, logo."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.people.actions.change_practice import change_practice
from alcove.people.models import Practice
from alcove.practice.actions.change_logo import LARGEST, change_logo
from alcove.practice.forms.texts import LogoForm, TextsForm
from alcove.practice.views.page import AdminPage


class Texts(AdminPage):
    """Words in both languages and the two accents."""

    template_name = "practice/texts.html"

    def get_form(self, data: Any = None) -> forms.Form:
        """The form, filled with what is set."""
        return cast(forms.Form, TextsForm(data, instance=Practice.load()))

    def perform(self, form: forms.Form) -> str:
        """Save all of it."""
        change_practice(actor=self.admin, now=self.now, **form.cleaned_data)
        messages.success(self.request, _("The texts and colours are saved."))
        return reverse("practice:texts")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The logo's own form."""
        is_logo = isinstance(form, LogoForm)
        return {
            "texts_form": TextsForm(instance=Practice.load()) if is_logo else form,
            "logo_form": form if is_logo else LogoForm(),
            "has_logo": bool(Practice.load().logo_digest),
        }


class Logo(Texts):
    """Another logo."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # of the class, as Django reads it

    def get_form(self, data: Any = None) -> forms.Form:
        """The file."""
        return LogoForm(data, self.request.FILES or None)

    def perform(self, form: forms.Form) -> str:
        """Keep it."""
        # One byte more than allowed tells that it is too large without reading all of it.
        content = form.cleaned_data["logo"].read(LARGEST + 1)
        change_logo(actor=self.admin, content=content, now=self.now)
        messages.success(self.request, _("The logo is changed."))
        return reverse("practice:texts")


class RemoveLogo(Texts):
    """No logo."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # as above

    def get_form(self, data: Any = None) -> forms.Form:
        """There is nothing to type."""
        return forms.Form(data)

    def perform(self, form: forms.Form) -> str:
        """Take it away."""
        change_logo(actor=self.admin, content=None, now=self.now)
        messages.success(self.request, _("The logo is gone."))
        return reverse("practice:texts")
