"""Requests for deletion, and the decision about one: what goes and what stays is on the page."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.people.actions.ask_for_deletion import decline_deletion
from alcove.people.actions.record_look import record_look
from alcove.people.deleted import is_deleted
from alcove.people.models import DeletionRequest
from alcove.practice.actions.deactivate import called_off_without
from alcove.practice.actions.delete_person import delete_person
from alcove.practice.forms.deletion import AnswerForm
from alcove.practice.forms.people import WhyForm
from alcove.practice.views.page import AdminPage
from alcove.practice.views.people import PER_PAGE, PersonPage


class Deletions(AdminPage):
    """Those that wait, the oldest first."""

    template_name = "practice/deletions.html"
    http_method_names = ["get", "head", "options"]

    def context(self, form: forms.Form) -> dict[str, Any]:
        """One page of them; the look is on record."""
        record_look(actor=self.admin, subject="deletions", now=self.now)
        waiting = DeletionRequest.objects.filter(closed_at=None).select_related("person")
        page = Paginator(waiting.order_by("asked_at"), PER_PAGE)
        return {"page": page.get_page(self.request.GET.get("page"))}


class DeletePerson(PersonPage):
    """The question before somebody's data is deleted."""

    template_name = "practice/delete_person.html"
    form_class: ClassVar[type[forms.Form]] = WhyForm

    def perform(self, form: forms.Form) -> str:
        """Delete it."""
        delete_person(
            actor=self.admin,
            person=self.person,
            reason=form.cleaned_data["reason"],
            now=self.now,
        )
        messages.success(self.request, _("Their data is deleted. What must be kept has no name."))
        return reverse("practice:people")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The request, the sessions that would be cancelled, and the other answer."""
        return super().context(form) | {
            "deletion": DeletionRequest.objects.filter(person=self.person, closed_at=None).first(),
            "sessions": called_off_without(self.person, self.now),
            "is_deleted": is_deleted(self.person),
            "delete_form": form if isinstance(form, WhyForm) else WhyForm(),
            "answer_form": form if isinstance(form, AnswerForm) else AnswerForm(),
        }


class DeclineDeletion(DeletePerson):
    """The no, with an answer."""

    form_class: ClassVar[type[forms.Form]] = AnswerForm
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # of the class, as Django reads it

    def perform(self, form: forms.Form) -> str:
        """Say no."""
        decline_deletion(
            actor=self.admin,
            person=self.person,
            answer=form.cleaned_data["answer"],
            now=self.now,
        )
        messages.success(self.request, _("The request is declined. Its person reads your answer."))
        return reverse("practice:deletions")
