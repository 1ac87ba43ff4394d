"""Asking the practice for help, from every page, signed in or not."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core import idempotency
from alcove.core.errors import DomainError, NotFound
from alcove.core.pages import ActionPage
from alcove.core.rate_limit import count_request
from alcove.people.models import Person
from alcove.support.actions.ask_support import ask_support
from alcove.support.context import about_of, page_of
from alcove.support.forms import AskForm, AskSignedOutForm
from alcove.support.models import SupportRequest
from alcove.support.wording import about_words

MOST_A_MINUTE = 3
SHOWN = 20


class Ask(ActionPage):
    """A question with the page that it is about; below it, what the reader has asked before."""

    template_name = "support/ask.html"
    form_class = AskForm

    @property
    def person(self) -> Person | None:
        """Who asks; None where nobody is signed in."""
        user = self.request.user
        return user if user.is_authenticated else None

    def get_form(self, data: Any = None) -> forms.Form:
        """With a field for the address where nobody is signed in."""
        page = page_of(self.request.GET.get("from", ""))
        kind = AskForm if self.person else AskSignedOutForm
        return kind(data, initial={"page": page})

    def handle_no_permission(self) -> HttpResponseRedirect:
        """Whoever cannot sign in needs help most: they ask here, too."""
        if self.request.method == "POST":
            return cast(HttpResponseRedirect, self.post_signed_out(self.request))
        return cast(HttpResponseRedirect, self.show(self.get_form()))

    def post_signed_out(self, request: HttpRequest) -> HttpResponse:
        """As ``post``, for somebody whose address is all that is known."""
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        key = request.POST.get("idempotency_key", "")
        try:
            address = idempotency.once("nobody", key, lambda: self.perform(form), now=self.now)
        except DomainError as error:
            return self.refuse(form, error)
        return HttpResponseRedirect(address)

    def perform(self, form: forms.Form) -> str:
        """Ask, and show what was asked."""
        person, words = self.person, form.cleaned_data
        asker = person.key if person else str(self.request.META.get("REMOTE_ADDR", ""))
        count_request("support", asker, limit=MOST_A_MINUTE, now=self.now)
        asked = ask_support(
            actor=person,
            address=words.get("address", ""),
            words=words["words"],
            page=words["page"],
            now=self.now,
        )
        if person is None:
            messages.success(self.request, _("Thank you. The answer comes by e-mail."))
            return reverse("ask:form")
        messages.success(self.request, _("Thank you. You hear from us by e-mail, and here."))
        return reverse("ask:one", args=[asked.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What goes with the question, and earlier ones."""
        person = self.person
        page = page_of(str(form["page"].value() or ""))
        # An address with a secret in it was cut, and leads nowhere.
        shown = {"page_address": page, "back_url": "" if "…" in page else page}
        if person is None:
            return shown
        return {
            **shown,
            "about": about_words(about_of(page, person)),
            "earlier": SupportRequest.objects.filter(asked_by=person).order_by("-pk")[:SHOWN],
        }


class One(ActionPage):
    """One question of the reader's own, and the answer."""

    template_name = "support/asked.html"
    http_method_names = ["get", "head", "options"]

    def load(self, **kwargs: Any) -> None:
        """The reader's own request; else NotFound."""
        person = cast(Person, self.request.user)
        found = SupportRequest.objects.filter(asked_by=person, code=kwargs["code"]).first()
        if found is None:
            raise NotFound
        self.asked = found

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The question, its context, the answer."""
        return {"asked": self.asked, "about": about_words(self.asked.about)}
