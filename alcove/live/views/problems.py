"""What people reported from within their sessions, for staff; every look is on record."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.pages import ActionPage
from alcove.live.actions.handle_problem import handle_problem
from alcove.live.queries import problems
from alcove.people.access import require_staff
from alcove.people.actions.record_look import record_look
from alcove.people.models import Person

PER_PAGE = 50
OPEN, HANDLED = "open", "handled"


class HandleForm(forms.Form):
    """Which report."""

    problem = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class Problems(ActionPage):
    """The reports that wait, or those that are seen to; a button beside each that waits."""

    template_name = "live/problems.html"
    form_class: ClassVar[type[forms.Form]] = HandleForm

    def load(self, **kwargs: Any) -> None:
        """Staff only; the look is on record."""
        self.staff = cast(Person, self.request.user)
        require_staff(self.staff)
        record_look(actor=self.staff, subject="problems", now=self.now)

    def perform(self, form: forms.Form) -> str:
        """Note that one is seen to."""
        handle_problem(actor=self.staff, problem=form.cleaned_data["problem"], now=self.now)
        messages.success(self.request, _("The report is seen to."))
        return reverse("problems")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """A page of them."""
        state = HANDLED if self.request.GET.get("state") == HANDLED else OPEN
        rows = problems(are_handled=state == HANDLED)
        return {
            "page": Paginator(rows, PER_PAGE).get_page(self.request.GET.get("page")),
            "state": state,
            "states": [(OPEN, _("Open")), (HANDLED, _("Seen to"))],
            "query": f"state={state}&",
        }
