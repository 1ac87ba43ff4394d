"""Looking for people, inviting them, their roles; and why, of an act that hurts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alcove.people.models import Person, Practice
from alcove.people.names import validate_name
from alcove.people.zones import zone_names


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
