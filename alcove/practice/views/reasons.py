"""The list of reasons from which people choose when they cancel."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.booking.actions import reasons
from alcove.booking.models import CancellationReason
from alcove.core.errors import NotFound
from alcove.practice.forms.reasons import ReasonForm
from alcove.practice.views.page import AdminPage


class Reasons(AdminPage):
    """The list in its order, what was retired, and a form for a further one."""

    template_name = "practice/reasons.html"
    form_class: ClassVar[type[forms.Form]] = ReasonForm

    def perform(self, form: forms.Form) -> str:
        """Add it."""
        reasons.add_reason(actor=self.admin, now=self.now, **form.cleaned_data)
        messages.success(self.request, _("The reason is on the list."))
        return reverse("practice:reasons")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """One statement for both lists."""
        everything = list(CancellationReason.objects.all())
        return {
            "listed": [reason for reason in everything if reason.retired_at is None],
            "retired": [reason for reason in everything if reason.retired_at is not None],
            "add_form": form if isinstance(form, ReasonForm) else ReasonForm(),
        }


class RenameReason(AdminPage):
    """Other words for one reason."""

    template_name = "practice/rename_reason.html"

    def load(self, **kwargs: Any) -> None:
        """A reason of the list; else NotFound."""
        super().load(**kwargs)
        found = CancellationReason.objects.filter(pk=kwargs["pk"], retired_at=None).first()
        if found is None:
            raise NotFound
        self.reason = found

    def get_form(self, data: Any = None) -> forms.Form:
        """Filled with the present words."""
        return ReasonForm(data, initial={"en": self.reason.text_en, "es": self.reason.text_es})

    def perform(self, form: forms.Form) -> str:
        """Save them."""
        reasons.rename_reason(
            actor=self.admin, pk=self.reason.pk, now=self.now, **form.cleaned_data
        )
        messages.success(self.request, _("The reason has new words."))
        return reverse("practice:reasons")


class _OneReason(Reasons):
    """A button beside one reason."""

    form_class = forms.Form
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # of the class, as Django reads it


class RaiseReason(_OneReason):
    """One place up."""

    def perform(self, form: forms.Form) -> str:
        """Move it."""
        reasons.raise_reason(actor=self.admin, pk=self.kwargs["pk"], now=self.now)
        return reverse("practice:reasons")


class RetireReason(_OneReason):
    """Off the list."""

    def perform(self, form: forms.Form) -> str:
        """Retire it."""
        reasons.retire_reason(actor=self.admin, pk=self.kwargs["pk"], now=self.now)
        messages.success(
            self.request, _("Nobody is offered that reason any more. It can be brought back.")
        )
        return reverse("practice:reasons")


class BringBackReason(_OneReason):
    """On the list again."""

    def perform(self, form: forms.Form) -> str:
        """Bring it back."""
        reasons.bring_back_reason(actor=self.admin, pk=self.kwargs["pk"], now=self.now)
        messages.success(self.request, _("The reason is on the list again."))
        return reverse("practice:reasons")
