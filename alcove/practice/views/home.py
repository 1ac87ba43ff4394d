"""The home of the practice's pages: what can be set up here, and what each of it is for."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alcove.people.models import DeletionRequest
from alcove.practice.views.first_steps import next_step
from alcove.practice.views.page import AdminPage


@dataclass(frozen=True, slots=True)
class Card:
    """One page that the home leads to, by the name of its address."""

    page: str
    icon: str
    title: str | Promise
    text: str | Promise


CARDS = [
    Card(
        "practice:people",
        "people",
        _("People and rooms"),
        _("Invite people, give roles, open rooms and set their plans."),
    ),
    Card(
        "practice:settings",
        "settings",
        _("Settings"),
        _("Name, time zone, deadlines, and how the live room opens."),
    ),
    Card(
        "practice:texts",
        "picture",
        _("Texts and look"),
        _("Cancellation policy, crisis page, colours and logo."),
    ),
    Card(
        "practice:plans",
        "credit",
        _("Plans"),
        _("Prices, session credits, and what a late change costs."),
    ),
    Card(
        "practice:money",
        "credit",
        _("Credits and money"),
        _("What came and went, month by month, and all of it as a table."),
    ),
    Card(
        "practice:reasons",
        "cross",
        _("Cancellation reasons"),
        _("What people choose from when they cancel a session."),
    ),
    Card(
        "practice:deletions",
        "person",
        _("Requests for deletion"),
        _("People who asked that what is held about them be deleted."),
    ),
    Card(
        "practice:data",
        "download",
        _("Practice file"),
        _("Everything that is set up, as one file to download or upload."),
    ),
]


class Home(AdminPage):
    """The cards; nothing is changed here."""

    template_name = "practice/home.html"
    http_method_names = ["get", "head", "options"]

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What there is, and how many wait for an answer."""
        return {
            "cards": CARDS,
            "is_set_up": next_step() == "practice:first_ready",
            "deletions": DeletionRequest.objects.filter(closed_at=None).count(),
        }
