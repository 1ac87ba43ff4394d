"""The page on which people choose how they are told."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.pages import ActionPage
from alcove.notifications.actions.change_preferences import change_preferences
from alcove.notifications.carriers import carrier_of
from alcove.notifications.forms import PreferencesForm
from alcove.notifications.kinds import NEVER_OFFERED, Channel, kinds_for
from alcove.notifications.models import Preferences, SwitchedOff
from alcove.people.models import Person
from alcove.rooms.models import Membership


class ChangePreferences(ActionPage):
    """Channels for each kind of news, reminders, quiet hours and words."""

    template_name = "notifications/preferences.html"

    def load(self, **kwargs: Any) -> None:
        """What is set, and what there is to choose about."""
        self.person = cast(Person, self.request.user)
        roles = Membership.objects.filter(person=self.person).values_list("role", flat=True)
        self.offered = kinds_for(roles)

    def get_form(self, data: Any = None) -> forms.Form:
        """The form, filled with what is set."""
        off = SwitchedOff.objects.filter(person=self.person).values_list("kind", "channel")
        return PreferencesForm(
            data,
            preferences=Preferences.of(self.person),
            offered=self.offered,
            switched_off=list(off),
        )

    def perform(self, form: forms.Form) -> str:
        """Save."""
        wishes = cast(PreferencesForm, form).wishes()
        change_preferences(actor=self.person, wishes=wishes, now=self.now)
        messages.success(self.request, _("Your choices are saved."))
        return reverse("notifications:preferences")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """A row for each kind, with a cell for each channel."""
        chosen = cast(PreferencesForm, form).chosen
        push = carrier_of(Channel.PUSH)
        return {
            "channels": [channel.label for channel in Channel],
            "rows": [
                {
                    "kind": kind,
                    "cells": [
                        {
                            "value": f"{kind}:{channel}",
                            "label": channel.label,
                            "is_on": f"{kind}:{channel}" in chosen,
                            "is_offered": (kind, channel) not in NEVER_OFFERED,
                        }
                        for channel in Channel
                    ],
                }
                for kind in self.offered
            ],
            "has_device": push is not None and push.reaches(self.person),
        }
