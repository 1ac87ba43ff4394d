"""What people can be told about, and by which ways: the words of the Notifications page."""

from collections.abc import Iterable

from django.db import models
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


class Channel(models.TextChoices):
    """A way by which news reaches somebody outside the product."""

    EMAIL = "email", _("mail")
    PUSH = "push", _("push")


def chosen(kind: Kind, switched_off: Iterable[tuple[str, str]]) -> list[Channel]:
    """The channels by which somebody wants news of this kind: all that they left on."""
    off = set(switched_off)
    return [channel for channel in Channel if (kind, channel) not in off]
