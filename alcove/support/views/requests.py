"""What people have asked, for staff: the list, one of them, answering, closing."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.errors import DomainError, NotFound
from alcove.core.pages import ActionPage
from alcove.people.access import require_staff
from alcove.people.actions.record_look import record_look
from alcove.people.models import Person
from alcove.support.actions.settle_request import UNANSWERED, answer_request, close_request
from alcove.support.forms import AnswerForm
from alcove.support.models import SupportRequest
from alcove.support.views.pages import LookPage
from alcove.support.wording import about_words, link_of

PER_PAGE = 50


class Requests(LookPage):
    """What was asked, of one state if wished; open ones unless told otherwise."""

    template_name = "support/requests.html"

    def subject(self) -> str:
        """All of them."""
        return "support"

    def context(self) -> dict[str, Any]:
        """A page of them, the latest first."""
        state = self.request.GET.get("state", SupportRequest.State.OPEN)
        if state not in SupportRequest.State.values:
            state = SupportRequest.State.OPEN
        rows = SupportRequest.objects.filter(state=state).select_related("asked_by")
        return {
            "page": Paginator(rows.order_by("-pk"), PER_PAGE).get_page(
                self.request.GET.get("page")
            ),
            "state": state,
            "states": SupportRequest.State.choices,
            "query": f"state={state}&",
        }


class Request(ActionPage):
    """One of them with its context; staff answer or close it."""

    template_name = "support/request.html"
    form_class = AnswerForm

    def load(self, **kwargs: Any) -> None:
        """The request, for staff; the look is on record."""
        self.staff = cast(Person, self.request.user)
        require_staff(self.staff)
        self.asked = self.find(kwargs["code"])
        record_look(actor=self.staff, subject=self.asked.key, now=self.now)

    def find(self, code: str) -> SupportRequest:
        """The request as it is now, or NotFound."""
        found = (
            SupportRequest.objects.filter(code=code)
            .select_related("asked_by", "settled_by")
            .prefetch_related("further_answers__answered_by")
            .first()
        )
        if found is None:
            raise NotFound
        return found

    def refuse(self, form: forms.Form, error: DomainError) -> Any:
        """Show it as it is now: a colleague may have settled it meanwhile."""
        self.asked = self.find(self.asked.code)
        return super().refuse(form, error)

    def perform(self, form: forms.Form) -> str:
        """Answer or close it, and go back to the list."""
        code = self.asked.code
        if form.cleaned_data["act"] == "close":
            close_request(actor=self.staff, code=code, now=self.now)
            messages.success(self.request, _("The request is closed."))
        else:
            words = form.cleaned_data["words"]
            version = self.request.POST.get("version", UNANSWERED)
            answer_request(actor=self.staff, code=code, answer=words, version=version, now=self.now)
            messages.success(self.request, _("The answer is on its way."))
        return reverse("desk:requests")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The request, and where its context leads."""
        return {
            "asked": self.asked,
            "is_open": self.asked.state == SupportRequest.State.OPEN,
            "about": about_words(self.asked.about),
            "about_url": link_of(self.asked.about),
        }
