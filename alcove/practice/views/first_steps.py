"""First-run set-up: from a one-time link to a client who can book, in a few pages.

Where somebody stands is read from what there is, so that they can go away and come back.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import View

from alcove.availability.models import AvailabilityRule
from alcove.billing.actions.change_plan import make_plan
from alcove.billing.models import Plan
from alcove.core import clock
from alcove.core.rate_limit import count_request
from alcove.notifications.models import Delivery
from alcove.people.models import Person, Practice
from alcove.people.set_up_links import require_good
from alcove.people.views import BACKEND
from alcove.practice.actions.first_steps import (
    add_first_client,
    add_first_provider,
    set_up,
)
from alcove.practice.forms.first_steps import ClientForm, PlanForm, ProviderForm, SetUpForm
from alcove.practice.views.page import AdminPage
from alcove.rooms.models import Room

TRIES_PER_MINUTE = 20


class SetUp(View):
    """The door of the one-time link: the practice's name and its first admin."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ask; the link is spent by the answer."""
        require_good(token, now=clock.now())
        language = "es" if (get_language() or "").startswith("es") else "en"
        return self.show(request, SetUpForm(initial={"language": language, "time_zone": "UTC"}))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Set up, sign in, and go on to the provider."""
        now = clock.now()
        require_good(token, now=now)
        # After it: who tries wrong links must not keep the owner of the right one out.
        count_request("set-up", "all", limit=TRIES_PER_MINUTE, now=now)
        form = SetUpForm(request.POST)
        if not form.is_valid():
            return self.show(request, form, status=422)
        person = set_up(token=token, now=now, **form.cleaned_data)
        login(request, person, backend=BACKEND)
        return HttpResponseRedirect(reverse("practice:first_provider"))

    def show(self, request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
        """The page."""
        context = {"form": form, "steps": steps(0)}
        return render(request, "practice/set_up.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the set-up, as components/steps.html wants it."""

    label: str
    url: str
    is_current: bool
    is_done: bool


def steps(current: int) -> list[Step]:
    """All of them; none leads back, as what is done is changed on its own page."""
    labels = [_("The practice"), _("Provider"), _("Plan"), _("First client"), _("Ready")]
    return [
        Step(label, "", number == current, number < current) for number, label in enumerate(labels)
    ]


def next_step() -> str:
    """The name of the first page of the set-up that is still to be done."""
    if not AvailabilityRule.objects.filter(calendar__provider__is_provider=True).exists():
        return "practice:first_provider"
    if not Plan.objects.exists():
        return "practice:first_plan"
    return "practice:first_ready" if Room.objects.exists() else "practice:first_client"


class StepPage(AdminPage):
    """One step; the template says what it is for."""

    number: ClassVar[int]

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Where one is."""
        return {"steps": steps(self.number)}


class FirstSteps(AdminPage):
    """The way back into the set-up."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to what is still to be done."""
        return HttpResponseRedirect(reverse(next_step()))


class FirstProvider(StepPage):
    """Who is booked."""

    template_name = "practice/first_provider.html"
    form_class: ClassVar[type[forms.Form]] = ProviderForm
    number = 1

    def perform(self, form: forms.Form) -> str:
        """Make them a provider with hours."""
        assert isinstance(form, ProviderForm)
        add_first_provider(
            actor=self.admin,
            newcomer=form.newcomer(self.admin),
            weekdays=form.cleaned_data["weekdays"],
            hours=form.hours,
            offers=form.offers,
            now=self.now,
        )
        return reverse("practice:first_plan")


class FirstPlan(StepPage):
    """What a client gets."""

    template_name = "practice/first_plan.html"
    form_class: ClassVar[type[forms.Form]] = PlanForm
    number = 2

    def perform(self, form: forms.Form) -> str:
        """Make the plan."""
        assert isinstance(form, PlanForm)
        make_plan(actor=self.admin, code=form.code, terms=form.terms, now=self.now)
        return reverse("practice:first_client")


class FirstClient(StepPage):
    """Whom the link goes to."""

    template_name = "practice/first_client.html"
    form_class: ClassVar[type[forms.Form]] = ClientForm
    number = 3

    def get_form(self, data: Any = None) -> forms.Form:
        """In the practice's zone and the admin's language, unless told otherwise."""
        zone = Practice.load().time_zone
        return ClientForm(data, initial={"time_zone": zone, "language": self.admin.language})

    def perform(self, form: forms.Form) -> str:
        """Invite them."""
        assert isinstance(form, ClientForm)
        add_first_client(
            actor=self.admin,
            newcomer=form.newcomer,
            provider=form.cleaned_data["provider"],
            plan=form.cleaned_data["plan"],
            now=self.now,
        )
        messages.success(self.request, _("The invitation is on its way."))
        return reverse("practice:first_ready")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What must be there before."""
        return super().context(form) | {
            "can_go_on": next_step() not in {"practice:first_provider", "practice:first_plan"},
            "missing_url": reverse(next_step()),
        }


class FirstReady(StepPage):
    """What happens next, and what else there is."""

    template_name = "practice/first_ready.html"
    http_method_names = ["get", "head", "options"]
    number = 4

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Whether letters leave the house at all."""
        return super().context(form) | {
            "letters_are_kept": Delivery.objects.filter(state=Delivery.State.KEPT).exists(),
            "is_provider": Person.objects.filter(pk=self.admin.pk, is_provider=True).exists(),
        }
