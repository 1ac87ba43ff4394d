"""The shape of every page that changes something, and the answer when a form is too old."""

import uuid
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.generic import View

from alcove.core import clock, idempotency
from alcove.core.errors import DomainError
from alcove.core.rate_limit import count_request


class ActionPage(LoginRequiredMixin, View):
    """A page with one form; posting it performs one action exactly once.

    GET shows the page. POST validates, performs inside ``idempotency.once`` and redirects. Wrong
    input and refusals show the same page again with what was typed and what to do; nothing has
    changed then. Subclasses set ``template_name`` and ``form_class`` and write ``load`` (access:
    raises for strangers), ``perform`` (calls an action, returns where to go) and ``context``.
    """

    template_name: ClassVar[str]
    form_class: ClassVar[type[forms.Form]] = forms.Form

    def load(self, **kwargs: Any) -> None:
        """Fetch what the page is about; raise NotFound or NotAllowed for others' things."""

    def get_form(self, data: Any = None) -> forms.Form:
        """Build the form, bound when there is data."""
        return self.form_class(data)

    def perform(self, form: forms.Form) -> str:
        """Do it; return the address to go on to."""
        raise NotImplementedError

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What the template needs besides ``form``."""
        return {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Read the clock once, load, then answer."""
        self.now = clock.now()
        if request.user.is_authenticated:
            self.load(**kwargs)
        return cast(HttpResponse, super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        return self.show(self.get_form(request.GET if self.reads_query else None))

    # Whether a GET with parameters fills the form (links that carry a choice).
    reads_query: ClassVar[bool] = False

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Perform once and redirect, or show the page again saying what to mend."""
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        key = request.POST.get("idempotency_key", "")
        owner: str = cast(Any, request.user).key
        try:
            count_request("post", owner, limit=settings.POSTS_PER_MINUTE, now=self.now)
            address = idempotency.once(
                owner,
                f"{request.path}#{key}" if key else "",
                lambda: self.perform(form),
                now=self.now,
            )
        except DomainError as error:
            if error.http_status == 404:
                raise
            return self.refuse(form, error)
        return HttpResponseRedirect(address)

    def refuse(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """Show the page again with the refusal at its top and everything typed kept."""
        form.add_error(None, str(error))
        return self.show(form, status=error.http_status, error=error)

    def show(
        self, form: forms.Form, *, status: int = 200, error: DomainError | None = None
    ) -> HttpResponse:
        """Render the page."""
        context = {
            "form": form,
            "error": error,
            "idempotency_key": uuid.uuid4().hex,
            "now": self.now,
            **self.context(form),
        }
        return render(self.request, self.template_name, context, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form was open too long, and how to go on."""
    return render(request, "403_csrf.html", status=403)
