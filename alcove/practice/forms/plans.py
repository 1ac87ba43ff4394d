"""What admins type about a plan."""

from decimal import Decimal
from functools import cache
from typing import Any

from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcove.availability.forms import LengthsField
from alcove.availability.models import Modality, Offers, ProviderCalendar, validate_offers
from alcove.billing.models import LateRule, Plan
from alcove.billing.payments import gateway
from alcove.core.formats import locale
from alcove.core.money import NoSuchAmount, to_amount, to_minor
from alcove.people.models import Practice

# Field of the form → field of the plan, in minor units.
AMOUNTS = {
    "price": "price_minor",
    "extra_credit": "extra_credit_minor",
    "late_fee": "late_fee_minor",
}
PLAIN = (
    "name",
    "for_rooms",
    "period_months",
    "credits_per_period",
    "credits_last_periods",
    "late_rule",
    "currency",
)


class PlanForm(forms.Form):
    """A plan's terms; ``terms`` gives them as the action takes them."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    for_rooms = forms.ChoiceField(
        label=gettext_lazy("For which rooms"),
        choices=Plan.ForRooms.choices,
        help_text=gettext_lazy("What a couples plan includes is the couple's together."),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        help_text=gettext_lazy("It stays once somebody has the plan."),
    )
    period_months = forms.IntegerField(
        label=gettext_lazy("Months in a period"),
        min_value=1,
        max_value=24,
        help_text=gettext_lazy("It stays once somebody has the plan."),
    )
    price = forms.DecimalField(
        label=gettext_lazy("Price of a period"),
        min_value=0,
        help_text=gettext_lazy("0: clients cannot buy it themselves, the practice gives it."),
    )
    credits_per_period = forms.IntegerField(
        label=gettext_lazy("Session credits in a period"), min_value=0, max_value=200
    )
    credits_last_periods = forms.IntegerField(
        label=gettext_lazy("Periods for which they are good"),
        required=False,
        min_value=1,
        max_value=24,
        help_text=gettext_lazy("1: to the end of their own period. Empty: they have no end."),
    )
    extra_credit = forms.DecimalField(
        label=gettext_lazy("Price of a further credit"),
        required=False,
        help_text=gettext_lazy("Empty: none are sold."),
    )
    video = LengthsField(label=Modality.VIDEO.label, required=False)
    audio = LengthsField(label=Modality.AUDIO.label, required=False)
    chat = LengthsField(label=Modality.CHAT.label, required=False)
    late_rule = forms.ChoiceField(
        label=gettext_lazy("A late change costs"), choices=LateRule.choices
    )
    late_fee = forms.DecimalField(
        label=gettext_lazy("Late fee"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Only where a late change costs a fee."),
    )

    def __init__(self, data: Any = None, *, plan: Plan | None = None) -> None:
        super().__init__(data, initial=_initial(plan))
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        currency.choices = currency_choices()
        for modality in Modality.values:
            self.fields[modality].help_text = _(
                "Lengths in minutes, such as 30, 45, 60. Empty: not included."
            )

    def clean(self) -> dict[str, Any]:
        """Amounts in the currency's coins, lengths in range, a fee where one is due."""
        data = super().clean() or self.cleaned_data
        for field in AMOUNTS:
            self._to_minor(field, data)
        for modality in Modality.values:
            try:
                validate_offers({modality: data.get(modality) or []})
            except ValidationError as error:
                self.add_error(modality, error)
        if not any(data.get(modality) for modality in Modality.values):
            self.add_error("video", _("A plan includes one session type at least."))
        if data.get("late_rule") == LateRule.FEE and not data.get("late_fee"):
            self.add_error("late_fee", _("Enter the fee that a late change costs."))
        if "extra_credit" in data and data["extra_credit"] == 0:
            self.add_error(
                "extra_credit", _("A further credit costs something, or leave it empty.")
            )
        return data

    def _to_minor(self, field: str, data: dict[str, Any]) -> None:
        amount: Decimal | None = data.get(field)
        if amount is None or not data.get("currency"):
            return
        try:
            data[field] = to_minor(amount, data["currency"])
        except NoSuchAmount:
            words = _(
                "Enter an amount in %(currency)s: 0 or more, with no more decimals than this currency has."
            )
            self.add_error(field, words % {"currency": data["currency"]})
            return
        service = gateway()
        if service is not None and not service.takes(data[field], data["currency"]):
            self.add_error(
                field,
                _("Card payments take no amount as fine as this. Let its last decimal be 0."),
            )

    @property
    def terms(self) -> dict[str, Any]:
        """The plan's fields, once valid."""
        data = self.cleaned_data
        terms = {name: data[name] for name in PLAIN}
        terms |= {minor: data[name] for name, minor in AMOUNTS.items()}
        terms["late_fee_minor"] = data["late_fee"] or 0
        if data["late_rule"] == LateRule.CREDIT:
            terms["late_fee_minor"] = 0
        terms["offers"] = {one: data[one] for one in Modality.values if data[one]}
        return terms


class NewPlanForm(PlanForm):
    """A plan with the short name under which it is known for good."""

    field_order = ("name", "code")
    code = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "Letters, digits and hyphens; people do not see it. Empty: made from the name."
        ),
    )

    def clean_code(self) -> str:
        """Made from the name where none was typed; not the word by which the page itself goes."""
        code: str = self.cleaned_data["code"]
        if code == "new":
            raise ValidationError(_("Please choose another short name."))
        return code or free_code(self.cleaned_data.get("name", ""))


def _initial(plan: Plan | None) -> dict[str, Any]:
    row = plan or Plan()
    initial: dict[str, Any] = {name: getattr(row, name) for name in PLAIN}
    for name, minor in AMOUNTS.items():
        value = getattr(row, minor)
        initial[name] = None if value is None else to_amount(value, row.currency)
    offers = row.offers
    if plan is None:
        initial |= {"price": None, "late_fee": None, "currency": usual_currency()}
        offers = offered_by_anybody()
    return initial | {modality: offers.get(modality, []) for modality in Modality.values}


def free_code(name: str) -> str:
    """A short name after the name of a plan, which no plan has."""
    base = slugify(name)[:50] or "plan"
    taken = {"new", *Plan.objects.filter(code__startswith=base).values_list("code", flat=True)}
    codes = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(code for code in codes if code not in taken)


def offered_by_anybody() -> Offers:
    """Every length of every session type that some provider offers."""
    found: dict[str, set[int]] = {}
    for offers in ProviderCalendar.objects.values_list("offers", flat=True):
        for modality, lengths in offers.items():
            found.setdefault(modality, set()).update(lengths)
    return {modality: sorted(found[modality]) for modality in Modality.values if modality in found}


def usual_currency() -> str:
    """That of the latest plan; before there is one, that of the land of the practice's zone."""
    latest = Plan.objects.order_by("-pk").first()
    if latest is not None:
        return latest.currency
    territory = get_global("zone_territories").get(Practice.load().time_zone, "")
    known = get_territory_currencies(territory) if territory else []
    return known[0] if known else Plan().currency


def currency_choices() -> list[tuple[str, str]]:
    """Every currency in use, by its code."""
    return [(code, f"{code} · {get_currency_name(code, locale=locale())}") for code in _codes()]


@cache
def _codes() -> list[str]:
    """The currencies that some country uses today."""
    territories = get_global("territory_currencies")
    return sorted(
        {code for territory in territories for code in get_territory_currencies(territory)}
    )
