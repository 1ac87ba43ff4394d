"""What people set about themselves."""

from django import forms

from alcove.people.models import Person
from alcove.people.zones import zone_names


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Name, zone and language."""

    class Meta:
        model = Person
        fields = ("name", "time_zone", "language")

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer every zone, and the one the person has even if it is an old name."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through as they come
        names = sorted({*zone_names(), self.instance.time_zone})
        self.fields["time_zone"].widget = forms.Select(choices=[(n, n) for n in names])


class ZoneForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The zone alone, for the notice that offers the browser's."""

    class Meta:
        model = Person
        fields = ("time_zone",)
