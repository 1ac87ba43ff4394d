"""What admins type about the practice. The rules stand in the actions; here is only reading."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcove.billing.models import Plan
from alcove.people.colours import HEX, require_readable
from alcove.people.errors import AccentUnreadable
from alcove.people.models import Person, Practice
from alcove.people.names import validate_name
from alcove.people.policies import RANGES
from alcove.people.zones import zone_names
from alcove.rooms.models import Room

# Label and help of each setting, which says what it means and from when a change holds.
_TEXTS = {
    "name": (
        gettext_lazy("Name of the practice"),
        gettext_lazy("It stands at the top of every page and in every letter."),
    ),
    "time_zone": (
        gettext_lazy("Time zone of the practice"),
        gettext_lazy("In it the periods of plans begin and end. People see times in their own."),
    ),
    "notice_hours": (
        gettext_lazy("Hours before the start until which changes are free"),
        gettext_lazy(
            "Later changes cost what the plan says. Sessions that are booked already keep "
            "the hours that their client read."
        ),
    ),
    "hold_minutes": (
        gettext_lazy("Minutes for which a chosen time is kept"),
        gettext_lazy("While its client reads the last page. Holds from now on last so long."),
    ),
    "confirm_within_hours": (
        gettext_lazy("Hours within which a provider answers a request"),
        gettext_lazy("Requests from now on. One that nobody answers ends by itself, at no cost."),
    ),
    "confirm_before_start_hours": (
        gettext_lazy("Hours before the start by which it is answered at the latest"),
        gettext_lazy("Requests from now on. It matters where a session is booked at short notice."),
    ),
    "confirm_at_least_minutes": (
        gettext_lazy("Minutes that a provider has for an answer at least"),
        gettext_lazy("Requests from now on, however short the notice is."),
    ),
    "confirms_automatically": (
        gettext_lazy("Confirm bookings at once"),
        gettext_lazy(
            "Bookings from now on need no answer. Each provider can decide otherwise for themself."
        ),
    ),
    "join_before_minutes": (
        gettext_lazy("Minutes before the start from which a session can be joined"),
        gettext_lazy("For every session, from now on."),
    ),
    "join_after_minutes": (
        gettext_lazy("Minutes after the end until which a session stays open"),
        gettext_lazy("For every session, from now on."),
    ),
    "lets_in_automatically": (
        gettext_lazy("Let people in without a waiting room"),
        gettext_lazy(
            "Else everybody waits until the provider lets them in. For every session, from now on."
        ),
    ),
    "no_show_after_minutes": (
        gettext_lazy("Minutes without the client before a session can be marked as missed"),
        gettext_lazy("For every session, from now on. What is marked already stays as it is."),
    ),
    "dispute_hours": (
        gettext_lazy("Hours in which a client can dispute a missed session"),
        gettext_lazy("Sessions marked from now on. What is marked already keeps its deadline."),
    ),
    "proposal_answer_hours": (
        gettext_lazy("Hours in which a provider offers times to a client who found none"),
        gettext_lazy("Wishes that are sent from now on. Without an answer they end by themselves."),
    ),
    "proposal_remind_hours": (
        gettext_lazy("Hours after which the provider is reminded of such a wish"),
        gettext_lazy("Wishes that are sent from now on. It has to come before the answer is due."),
    ),
    "offer_hours": (
        gettext_lazy("Hours for which offered times are kept"),
        gettext_lazy("Offers from now on. Nobody else can book those times meanwhile."),
    ),
}

SETTINGS = [
    (gettext_lazy("The practice"), ["name", "time_zone"]),
    (
        gettext_lazy("Booking"),
        [
            "notice_hours",
            "hold_minutes",
            "confirm_within_hours",
            "confirm_before_start_hours",
            "confirm_at_least_minutes",
            "confirms_automatically",
        ],
    ),
    (
        gettext_lazy("The live session"),
        [
            "join_before_minutes",
            "join_after_minutes",
            "lets_in_automatically",
            "no_show_after_minutes",
            "dispute_hours",
        ],
    ),
    (
        gettext_lazy("Finding a time together"),
        ["proposal_answer_hours", "proposal_remind_hours", "offer_hours"],
    ),
]


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Every number of the practice within its range, its name and its zone."""

    class Meta:
        model = Practice
        fields = tuple(_TEXTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Explain each field and offer every zone."""
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in _TEXTS.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        for name, (least, most) in RANGES.items():
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                help_text=self.fields[name].help_text,
                min_value=least,
                max_value=most,
            )
        names = sorted({*zone_names(), self.instance.time_zone})
        self.fields["time_zone"].widget = forms.Select(
            choices=[(name, name.replace("_", " ")) for name in names]
        )

    def clean(self) -> dict[str, Any]:
        """A reminder comes while it is of use; the words stand at its field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        remind, answer = data.get("proposal_remind_hours"), data.get("proposal_answer_hours")
        if remind is not None and answer is not None and remind > answer:
            self.add_error(
                "proposal_remind_hours",
                ValidationError(
                    _("The reminder has to come before the time for an answer is over.")
                ),
            )
        return data


class ReasonForm(forms.Form):
    """A reason in both languages of the product."""

    en = forms.CharField(label=gettext_lazy("In English"), max_length=120)
    es = forms.CharField(label=gettext_lazy("In Spanish"), max_length=120)


class SearchForm(forms.Form):
    """Whom to look for among the people."""

    q = forms.CharField(
        label=gettext_lazy("Name or e-mail address"), required=False, max_length=120
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        required=False,
        choices=[
            ("", gettext_lazy("Everybody")),
            ("client", gettext_lazy("Clients and partners")),
            ("provider", gettext_lazy("Providers")),
            ("staff", gettext_lazy("Staff")),
            ("admin", gettext_lazy("Admins")),
            ("away", gettext_lazy("Deactivated")),
        ],
    )


ROLE_WORDS = [
    ("provider", gettext_lazy("Provider: has hours and rooms, and is booked")),
    ("staff", gettext_lazy("Staff: helps people, with each look on record")),
    ("admin", gettext_lazy("Admin: sets up the practice, and is staff too")),
]


def _reason() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It stays on record, for staff and admins only."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _roles() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        help_text=gettext_lazy("Clients and partners need none."),
        choices=ROLE_WORDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class InviteForm(forms.Form):
    """Somebody new."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, validators=[validate_name])
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The invitation goes there, and they sign in with it."),
        max_length=254,
    )
    roles = _roles()
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=Person.Language.choices, initial="en"
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("They can change it themselves."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        """Offer every zone, the practice's first."""
        super().__init__(data, **options)
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(name, name.replace("_", " ")) for name in zone_names()]
        zones.initial = Practice.load().time_zone


class RolesForm(forms.Form):
    """The roles of somebody, and why they change."""

    roles = _roles()
    reason = _reason()


class WhyForm(forms.Form):
    """The reason of an act that hurts."""

    reason = _reason()


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Somebody by name and address: two people may have one name."""

    def label_from_instance(self, obj: Any) -> str:
        """How the list shows them."""
        return f"{obj.name} ({obj.email})"


class OpenRoomForm(forms.Form):
    """A client's room with a provider."""

    provider = PersonField(
        label=gettext_lazy("Provider"),
        queryset=Person.objects.filter(is_provider=True, is_active=True).order_by("name", "pk"),
        empty_label=None,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of room"),
        choices=Room.Kind.choices,
        initial=Room.Kind.INDIVIDUAL,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Into a couples room the client invites their partner themself."),
    )


class CoverageForm(forms.Form):
    """The plan of a room."""

    plan: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(
        label=gettext_lazy("Plan"),
        queryset=Plan.objects.filter(replaced_by=None).order_by("name"),
        empty_label=None,
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("active", gettext_lazy("Active: sessions can be booked")),
            ("unpaid", gettext_lazy("Unpaid: nothing can be booked, and no credits come")),
        ],
        widget=forms.RadioSelect,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("The periods of the plan count from here, in the practice's zone."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("First day that is not covered any more"),
        help_text=gettext_lazy("Leave it empty for a plan that goes on."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _words(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TextsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The practice's own words in both languages, and its two accents."""

    policy_text = _words(
        gettext_lazy("Added to the cancellation policy, in English"),
        gettext_lazy("It stands below the rules wherever a session is booked or moved."),
    )
    policy_text_es = _words(
        gettext_lazy("Added to the cancellation policy, in Spanish"),
        gettext_lazy("Left empty, readers of Spanish see the English words."),
    )
    crisis_text = _words(
        gettext_lazy("Added to the crisis page, in English"),
        gettext_lazy("Such as the numbers that help in your country. Emergency numbers stay."),
    )
    crisis_text_es = _words(gettext_lazy("Added to the crisis page, in Spanish"))
    crisis_link = forms.URLField(
        label=gettext_lazy("Link on the crisis page"),
        required=False,
        max_length=300,
        assume_scheme="https",
    )
    accent_light = forms.CharField(
        label=gettext_lazy("Colour on light pages"),
        help_text=gettext_lazy("Such as #1d6156, dark enough to be read. Empty: the usual green."),
        required=False,
    )
    accent_dark = forms.CharField(
        label=gettext_lazy("Colour on dark pages"),
        help_text=gettext_lazy("Such as #84cbbb, pale enough to be read."),
        required=False,
    )

    class Meta:
        model = Practice
        fields = (
            "policy_text",
            "policy_text_es",
            "crisis_text",
            "crisis_text_es",
            "crisis_link",
            "accent_light",
            "accent_dark",
        )

    def clean_accent_light(self) -> str:
        """A colour, or none."""
        return _colour(self.cleaned_data["accent_light"])

    def clean_accent_dark(self) -> str:
        """A colour, or none."""
        return _colour(self.cleaned_data["accent_dark"])

    def clean(self) -> dict[str, Any]:
        """Both colours or none, and each of them readable; the words stand at its field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        light, dark = data.get("accent_light"), data.get("accent_dark")
        if light is None or dark is None:
            return data
        if bool(light) != bool(dark):
            missing = "accent_dark" if light else "accent_light"
            self.add_error(missing, ValidationError(_("Choose a colour for both, or for neither.")))
        elif light:
            try:
                require_readable(light, dark)
            except AccentUnreadable as error:
                mend = {
                    "light": _("Choose a darker one."),
                    "dark": _("Choose a paler one."),
                }[error.data["theme"]]
                self.add_error(f"accent_{error.data['theme']}", ValidationError(f"{error} {mend}"))
        return data


def _colour(typed: str) -> str:
    colour = typed.strip().lower()
    if colour and not HEX.fullmatch(colour):
        raise ValidationError(_("Write the colour as # and six digits or letters a to f."))
    return colour


class LogoForm(forms.Form):
    """A picture."""

    logo = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("PNG, WebP or JPEG, up to 500 kB. It stands beside the name."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/webp,image/jpeg"}),
    )


class PracticeFileForm(forms.Form):
    """A practice file."""

    file = forms.FileField(
        label=gettext_lazy("Practice file"),
        help_text=gettext_lazy("YAML, up to 8 MB."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )


class ApplyForm(forms.Form):
    """The file that was looked at, by its digest."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class DeletionForm(forms.Form):
    """Anything a person wants to say with their wish."""

    words = forms.CharField(
        label=gettext_lazy("Anything you want to add"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """Why a request is declined; its person reads it."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("The person who asked reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
