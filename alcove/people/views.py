"""Pages about the signed-in person, and the door of the one-time link."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import View

from alcove.core import clock
from alcove.core.pages import ActionPage
from alcove.people.actions.change_settings import change_settings
from alcove.people.actions.invite_person import accept_person_invitation
from alcove.people.forms import SettingsForm, ZoneForm
from alcove.people.models import Person
from alcove.people.sign_in_links import use_link

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _as_stored(request: HttpRequest) -> Person:
    """The reader read afresh: refused input must not change how this very page is shown."""
    return Person.objects.get(pk=cast(Person, request.user).pk)


class Settings(ActionPage):
    """Name, zone and language of the reader."""

    template_name = "people/settings.html"

    def get_form(self, data: Any = None) -> forms.Form:
        """The form, filled with what is set."""
        person = _as_stored(self.request)
        return cast(forms.Form, SettingsForm(data, instance=person))

    def perform(self, form: forms.Form) -> str:
        """Save and say so in the language just chosen."""
        person = cast(Person, self.request.user)
        change_settings(actor=person, now=self.now, **form.cleaned_data)
        with translation.override(person.language):
            messages.success(self.request, _("Your settings are saved."))
        return reverse("people:settings")


class SwitchZone(ActionPage):
    """Take over the browser's zone, offered where it differs from the person's."""

    template_name = "people/settings.html"
    http_method_names = ["post"]

    def get_form(self, data: Any = None) -> forms.Form:
        """The zone alone."""
        person = _as_stored(self.request)
        return cast(forms.Form, ZoneForm(data, instance=person))

    def perform(self, form: forms.Form) -> str:
        """Save and go back to the page on which it was offered."""
        person = cast(Person, self.request.user)
        change_settings(actor=person, now=self.now, **form.cleaned_data)
        messages.success(self.request, _("All times are now shown in your new time zone."))
        back = self.request.POST.get("next", "")
        # Only a path of our own: never somebody else's site.
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return back if safe and back.startswith("/") else reverse("people:settings")


class EnterByLink(View):
    """The door of a one-time link.

    Opening it only asks: mail scanners follow links, and must not use this one up.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ask to continue."""
        return render(request, "people/enter.html")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Sign in and go to the start page."""
        person = use_link(token, now=clock.now())
        login(request, person, backend=BACKEND)
        return HttpResponseRedirect(reverse("home"))


class Welcome(EnterByLink):
    """The door of the practice's invitation: it asks first too, and opens once."""

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Sign in and go to the start page."""
        person = accept_person_invitation(token=token, now=clock.now())
        login(request, person, backend=BACKEND)
        return HttpResponseRedirect(reverse("home"))
