"""Plans: what clients can have, for how much, and on which terms."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.billing.actions.change_plan import change_plan, make_plan, present, set_on_sale
from alcove.billing.models import Entitlement, LateRule, Plan
from alcove.core.errors import NotFound
from alcove.core.formats import format_money
from alcove.practice.forms.plans import NewPlanForm, PlanForm
from alcove.practice.views.page import AdminPage


class Plans(AdminPage):
    """Every plan in its present version, with how many rooms have it in any version."""

    template_name = "practice/plans.html"
    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]  # type: ignore[misc]  # as Django reads it

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Two statements, however many there are."""
        rooms = dict(
            Entitlement.objects.values_list("plan__code").annotate(count=Count("pk")).order_by()
        )
        plans = Plan.objects.filter(replaced_by=None).order_by("-is_on_sale", "name", "pk")
        return {
            "plans": [
                {
                    "plan": plan,
                    "price": _money(plan.price_minor, plan),
                    "late_fee": (
                        _money(plan.late_fee_minor, plan) if plan.late_rule == LateRule.FEE else ""
                    ),
                    "rooms": rooms.get(plan.code, 0),
                }
                for plan in plans
            ]
        }


def _money(minor: int, plan: Plan) -> str:
    return format_money(minor, plan.currency) if minor else ""


class NewPlan(AdminPage):
    """A plan that did not exist before."""

    template_name = "practice/plan.html"
    form_class: ClassVar[type[forms.Form]] = NewPlanForm

    def perform(self, form: forms.Form) -> str:
        """Make it."""
        assert isinstance(form, NewPlanForm)
        plan = make_plan(
            actor=self.admin, code=form.cleaned_data["code"], terms=form.terms, now=self.now
        )
        messages.success(self.request, _("“%(name)s” can be chosen now.") % {"name": plan.name})
        return reverse("practice:plans")


class ChangePlan(AdminPage):
    """Other terms for a plan: new rooms get them now, the others with their next period."""

    template_name = "practice/plan.html"

    def load(self, **kwargs: Any) -> None:
        """The plan in its present version; else NotFound."""
        super().load(**kwargs)
        plan = present(kwargs["code"])
        if plan is None:
            raise NotFound
        self.plan = plan

    def get_form(self, data: Any = None) -> forms.Form:
        """Filled with the present terms."""
        return PlanForm(data, plan=self.plan)

    def perform(self, form: forms.Form) -> str:
        """Change what differs."""
        assert isinstance(form, PlanForm)
        change_plan(
            actor=self.admin,
            code=self.plan.code,
            version=self._version_read(),
            terms=form.terms,
            now=self.now,
        )
        messages.success(
            self.request,
            _("The plan is changed. Rooms that have it change with their next period."),
        )
        return reverse("practice:plans")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The plan, and whether rooms have it."""
        return {
            "plan": self.plan,
            "version": self._version_read() or self.plan.version,
            "is_had": Entitlement.objects.filter(plan__code=self.plan.code).exists(),
        }

    def _version_read(self) -> int:
        typed = self.request.POST.get("version", "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 0


class _Sale(AdminPage):
    """A button beside one plan."""

    template_name = "practice/plans.html"
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # as Django reads it
    is_on_sale: ClassVar[bool]

    def perform(self, form: forms.Form) -> str:
        """Offer it, or stop that."""
        set_on_sale(
            actor=self.admin,
            code=self.kwargs["code"],
            is_on_sale=self.is_on_sale,
            now=self.now,
        )
        return reverse("practice:plans")


class StopSale(_Sale):
    """Clients cannot choose it any more."""

    is_on_sale = False


class StartSale(_Sale):
    """Clients can choose it again."""

    is_on_sale = True
