"""A person's own data under /you/data/: the download, and the wish to have it deleted."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.pages import ActionPage
from alcove.core.rate_limit import count_request
from alcove.people.actions.ask_for_deletion import ask_for_deletion, take_deletion_back
from alcove.people.models import DeletionRequest, Person
from alcove.practice.actions.download_own_data import download_own_data
from alcove.practice.forms.deletion import DeletionForm

DOWNLOADS_PER_MINUTE = 3


class OwnData(ActionPage):
    """What is kept and what goes, before the click."""

    template_name = "own_data/own_data.html"
    form_class: ClassVar[type[forms.Form]] = DeletionForm

    def load(self, **kwargs: Any) -> None:
        """Everybody has data of their own."""
        self.person = cast(Person, self.request.user)

    def perform(self, form: forms.Form) -> str:
        """Ask for deletion."""
        ask_for_deletion(actor=self.person, words=form.cleaned_data["words"], now=self.now)
        messages.success(
            self.request, _("Your wish is with the practice. You can take it back until then.")
        )
        return reverse("own_data")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The latest request, if there was one."""
        requests = DeletionRequest.objects.filter(person=self.person).order_by("-id")
        return {
            "latest": requests.first(),
            "ask_form": form if isinstance(form, DeletionForm) else DeletionForm(),
        }


class TakeBack(OwnData):
    """The wish taken back."""

    form_class = forms.Form
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # of the class, as Django reads it

    def perform(self, form: forms.Form) -> str:
        """Take it back."""
        take_deletion_back(actor=self.person, now=self.now)
        messages.success(self.request, _("You have taken it back. Nothing is deleted."))
        return reverse("own_data")


class DownloadOwnData(OwnData):
    """The file."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # as above

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand it out."""
        count_request("own-data", self.person.key, limit=DOWNLOADS_PER_MINUTE, now=self.now)
        content = download_own_data(actor=self.person, now=self.now)
        response = HttpResponse(content, content_type="application/zip")
        response.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
        return response
