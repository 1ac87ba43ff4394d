"""A person's own devices: notifications on them, and what they keep for when there is no connection."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.errors import DomainError
from alcove.core.pages import ActionPage
from alcove.notifications.actions.add_device import add_device
from alcove.notifications.actions.remove_device import remove_device
from alcove.notifications.actions.send_test import send_test
from alcove.notifications.devices import digest_of, name_of
from alcove.notifications.models import Preferences, PushDevice
from alcove.notifications.vapid import public_key
from alcove.people.middleware import reader_mark
from alcove.people.models import Person


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """One line of the list."""

    device: PushDevice
    digest: str


class Devices(ActionPage):
    """The reader's devices, and what can be turned on for the one that they sit at."""

    template_name = "notifications/devices.html"
    http_method_names = ["get", "head", "options"]

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The devices in the order in which they came, and what scripts need to add this one."""
        person = cast(Person, self.request.user)
        devices = PushDevice.objects.filter(person=person).order_by("pk")
        return {
            "devices": [OwnDevice(device, digest_of(device.endpoint)) for device in devices],
            "push_key": public_key(),
            "is_discreet": Preferences.of(person).is_discreet,
            "reader": reader_mark(person),
        }


class _DeviceForm(Devices):
    """A button of the list: it has no page of its own."""

    http_method_names = ["post"]

    def load(self, **kwargs: Any) -> None:
        """Whose it is, the action finds out."""
        self.person = cast(Person, self.request.user)
        self.device_id: int = kwargs.get("device", 0)


class PushTest(_DeviceForm):
    """Send a test to one device."""

    def perform(self, form: forms.Form) -> str:
        """Put it into the post."""
        send_test(actor=self.person, device_id=self.device_id, now=self.now)
        messages.success(self.request, _("A test is on its way. It comes within a minute."))
        return reverse("devices:list")


class RemoveDevice(_DeviceForm):
    """Take notifications from one device."""

    def perform(self, form: forms.Form) -> str:
        """Forget it."""
        remove_device(actor=self.person, device_id=self.device_id, now=self.now)
        messages.success(self.request, _("That device gets no more notifications."))
        return reverse("devices:list")


class SubscriptionForm(forms.Form):
    """What a browser hands out when it is asked for notifications."""

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=30)


class AddDevice(_DeviceForm):
    """Take a browser's subscription, from a script of the page: answers by status alone."""

    form_class = SubscriptionForm

    def perform(self, form: forms.Form) -> str:
        """Keep it under what the browser calls itself."""
        add_device(
            actor=self.person,
            name=name_of(self.request.headers.get("User-Agent", "")),
            now=self.now,
            **form.cleaned_data,
        )
        messages.success(self.request, _("This device shows notifications from now on."))
        return reverse("devices:list")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say that it is done; the script then loads the page anew."""
        response = super().post(request, *args, **kwargs)
        return HttpResponse(status=204) if response.status_code == 302 else response

    def show(
        self, form: forms.Form, *, status: int = 200, error: DomainError | None = None
    ) -> HttpResponse:
        """Nobody reads it: what is wrong is our script's business."""
        return HttpResponse(status=status)
