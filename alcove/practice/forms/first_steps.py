"""What the set-up asks, step by step."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcove.availability.forms import LengthsField, WallTimeField
from alcove.availability.models import Modality, Offers, validate_offers
from alcove.availability.policies import Hours
from alcove.billing.models import Plan
from alcove.people.models import Person, Practice
from alcove.people.names import validate_name
from alcove.people.zones import zone_names
from alcove.practice.actions.first_steps import Newcomer
from alcove.practice.forms.people import PersonField
from alcove.practice.forms.plans import (
    currency_choices,
    free_code,
    offered_by_anybody,
    usual_currency,
)

LENGTHS_HELP = gettext_lazy("Such as 30, 45, 60. Empty: not offered.")


def _zone_choices() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in zone_names()]


class SetUpForm(forms.Form):
    """The practice and its first admin."""

    practice_name = forms.CharField(
        label=gettext_lazy("Name of the practice"),
        help_text=gettext_lazy("It stands at the top of every page. You can change it later."),
        max_length=120,
        validators=[validate_name],
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the practice"), choices=_zone_choices
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("You sign in with it, by a code that is mailed to you."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Person.Language.choices)


class ProviderForm(forms.Form):
    """Who is booked, when they work and what they offer."""

    ME, OTHER = "me", "other"
    who = forms.ChoiceField(
        label=gettext_lazy("Who is booked?"),
        choices=[
            (ME, gettext_lazy("I am: I see clients myself")),
            (OTHER, gettext_lazy("Somebody else, whom I invite now")),
        ],
        initial=ME,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the provider"),
        help_text=gettext_lazy("Only where it is somebody else."),
        max_length=120,
        validators=[validate_name],
        required=False,
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the provider"), max_length=254, required=False
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
    )
    start = WallTimeField(label=gettext_lazy("From"), initial=9 * 60)
    end = WallTimeField(label=gettext_lazy("To"), is_end=True, initial=17 * 60)
    video = LengthsField(
        label=gettext_lazy("Video: lengths in minutes"),
        help_text=LENGTHS_HELP,
        required=False,
        initial=[45],
    )
    audio = LengthsField(
        label=gettext_lazy("Audio: lengths in minutes"),
        help_text=LENGTHS_HELP,
        required=False,
        initial=[45],
    )
    chat = LengthsField(
        label=gettext_lazy("Live chat: lengths in minutes"),
        help_text=LENGTHS_HELP,
        required=False,
        initial=[30],
    )

    def clean(self) -> dict[str, Any]:
        """Somebody else has a name and an address; something is offered."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("who") == self.OTHER:
            for field in ("name", "email"):
                if not data.get(field) and field not in self.errors:
                    self.add_error(field, _("Please fill this in for somebody else."))
        for modality in Modality.values:
            try:
                validate_offers({modality: data.get(modality) or []})
            except ValidationError as error:
                self.add_error(modality, error)
        if not any(data.get(modality) for modality in Modality.values) and not self.errors:
            self.add_error("video", _("Offer at least one length of one session type."))
        return data

    @property
    def offers(self) -> Offers:
        """Lengths by session type, those that are offered."""
        data = self.cleaned_data
        return {modality: data[modality] for modality in Modality.values if data[modality]}

    @property
    def hours(self) -> Hours:
        """The same hours on each of the days, for all that is offered."""
        data = self.cleaned_data
        return Hours(data["start"], data["end"], tuple(Modality.values))

    def newcomer(self, actor: Person) -> Newcomer | None:
        """Whom to invite; None where the admin sees clients themself."""
        data = self.cleaned_data
        if data["who"] == self.ME:
            return None
        return Newcomer(data["name"], data["email"], actor.language, Practice.load().time_zone)


class PlanForm(forms.Form):
    """A first plan: how many sessions in how many months."""

    name = forms.CharField(
        label=gettext_lazy("Name of the plan"),
        help_text=gettext_lazy("As clients read it."),
        max_length=120,
    )
    credits_per_period = forms.IntegerField(
        label=gettext_lazy("Session credits in each period"),
        help_text=gettext_lazy("A booked session takes one."),
        min_value=1,
        max_value=200,
        initial=4,
    )
    period_months = forms.IntegerField(
        label=gettext_lazy("Months in a period"), min_value=1, max_value=24, initial=1
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency of its prices"),
        help_text=gettext_lazy(
            "It stays once somebody has the plan. The prices themselves can wait: you set them "
            "under Practice, Plans."
        ),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        """Suggest a name in the reader's language, and the currency of the practice's land."""
        super().__init__(data, **options)
        self.fields["name"].initial = _("Four sessions a month")
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        currency.choices = currency_choices()
        currency.initial = usual_currency()

    @property
    def code(self) -> str:
        """A code after the name that no other plan has."""
        return free_code(self.cleaned_data["name"])

    @property
    def terms(self) -> dict[str, Any]:
        """The fields of the plan: all that any provider offers is in it."""
        return {**self.cleaned_data, "offers": offered_by_anybody()}


class ClientForm(forms.Form):
    """A first client and what they can book."""

    name = forms.CharField(
        label=gettext_lazy("Name of the client"), max_length=120, validators=[validate_name]
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the client"),
        help_text=gettext_lazy("A mail with a link goes there, which signs them in."),
        max_length=254,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Person.Language.choices)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the client"),
        help_text=gettext_lazy("They can change it themselves."),
        choices=_zone_choices,
    )
    provider = PersonField(
        label=gettext_lazy("Provider"),
        queryset=Person.objects.filter(is_provider=True, is_active=True).order_by("name", "pk"),
        empty_label=None,
    )
    plan: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(
        label=gettext_lazy("Plan"),
        queryset=Plan.objects.filter(replaced_by=None).order_by("name"),
        empty_label=None,
    )

    @property
    def newcomer(self) -> Newcomer:
        """Whom to invite."""
        data = self.cleaned_data
        return Newcomer(data["name"], data["email"], data["language"], data["time_zone"])
