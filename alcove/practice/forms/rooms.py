"""A room that is opened, and its plan."""

from django import forms
from django.utils.translation import gettext_lazy

from alcove.billing.models import Plan
from alcove.people.models import Person
from alcove.practice.forms.people import PersonField
from alcove.rooms.models import Room


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
