"""What people can be told about, and by which ways: the words of the Notifications page."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """A kind of news, as people choose how to hear of it."""

    BOOKINGS = "bookings", _("Your bookings")
    REMINDERS = "reminders", _("Reminders")
    REQUESTS = "requests", _("Requests that wait for you")
    TIMES = "times", _("Times that were suggested or offered")
    MESSAGES = "messages", _("New messages")
    ROOMS = "rooms", _("Invitations and members of your rooms")
    CREDITS = "credits", _("Session credits")
    SUPPORT = "support", _("Answers of the practice")


class Channel(models.TextChoices):
    """A way by which news reaches somebody."""

    EMAIL = "email", _("Mail")
    PUSH = "push", _("Push")
    PRODUCT = "product", _("News page")


# How long before a session somebody can be reminded of it, in minutes.
LEADS = {
    7 * 24 * 60: _("1 week before"),
    48 * 60: _("2 days before"),
    24 * 60: _("1 day before"),
    2 * 60: _("2 hours before"),
    60: _("1 hour before"),
    30: _("30 minutes before"),
    10: _("10 minutes before"),
}

# A room shows by itself what is new in it.
NEVER_OFFERED = {(Kind.MESSAGES, Channel.PRODUCT)}


def chosen(kind: Kind, switched_off: Iterable[tuple[str, str]]) -> list[Channel]:
    """The channels by which somebody wants news of this kind: all that they left on."""
    off = {*switched_off, *NEVER_OFFERED}
    return [channel for channel in Channel if (kind, channel) not in off]


def kinds_for(roles: Iterable[str]) -> list[Kind]:
    """The kinds of news that people with these roles in rooms can get."""
    has = set(roles)
    only_for = {Kind.REQUESTS: "provider", Kind.CREDITS: "owner"}
    return [kind for kind in Kind if kind not in only_for or only_for[kind] in has]


def push_words(kind: Kind) -> str:
    """All that a lock screen shows of such news, in the active language: nothing of what it is."""
    return gettext("Something is coming up") if kind == Kind.REMINDERS else gettext("You have news")
