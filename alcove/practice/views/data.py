"""The whole practice as a file: downloaded, and uploaded with a look before it is taken over."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.people.actions.record_look import record_look
from alcove.practice.actions.exchange_file import (
    apply_upload,
    download_practice,
    drop_upload,
    preview_of,
    upload_practice,
)
from alcove.practice.errors import FileNeedsMending
from alcove.practice.forms.data import ApplyForm, PracticeFileForm
from alcove.practice.views.page import AdminPage
from alcove.practice_file.problems import Refused
from alcove.practice_file.tree import MOST_BYTES


class Data(AdminPage):
    """Download, and upload."""

    template_name = "practice/data.html"
    form_class: ClassVar[type[forms.Form]] = PracticeFileForm

    def get_form(self, data: Any = None) -> forms.Form:
        """The file."""
        return PracticeFileForm(data, self.request.FILES or None)

    def perform(self, form: forms.Form) -> str:
        """Keep the file, and show what it would change."""
        content = form.cleaned_data["file"].read(MOST_BYTES + 1)
        upload_practice(actor=self.admin, content=content, now=self.now)
        return reverse("practice:preview")


class Preview(AdminPage):
    """What the uploaded file would change, or what is wrong with it; and the yes."""

    template_name = "practice/preview.html"
    form_class: ClassVar[type[forms.Form]] = ApplyForm

    def perform(self, form: forms.Form) -> str:
        """Take it over."""
        try:
            summary = apply_upload(
                actor=self.admin, digest=form.cleaned_data["digest"], now=self.now
            )
        except Refused as error:
            raise FileNeedsMending from error
        messages.success(
            self.request,
            _("The file is taken over. Changes: %(number)s.") % {"number": summary.changes},
        )
        return reverse("practice:data")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Looked at anew each time: the practice may have changed.

        It tells of people who are here what the file does not say: that is a look.
        """
        preview = preview_of(self.admin, now=self.now)
        if preview is not None:
            record_look(actor=self.admin, subject="practice_file", now=self.now)
        return {"preview": preview}


class DropUpload(Data):
    """The uploaded file forgotten."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # of the class, as Django reads it

    def get_form(self, data: Any = None) -> forms.Form:
        """There is nothing to type."""
        return forms.Form(data)

    def perform(self, form: forms.Form) -> str:
        """Forget it."""
        drop_upload(actor=self.admin)
        messages.success(self.request, _("The uploaded file is forgotten. Nothing was changed."))
        return reverse("practice:data")


class Download(AdminPage):
    """The practice file."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # of the class, as Django reads it

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand it out; by a post, as it goes on record."""
        text = download_practice(actor=self.admin, now=self.now)
        response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="practice.yaml"'
        return response
