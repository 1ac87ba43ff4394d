"""Invitations into couples rooms, and who came or went. No letter names anybody or says why."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alcove.core.formats import day_and_time
from alcove.notifications.letters.change import Change
from alcove.notifications.letters.letter import Letter, absolute


def invited(token: str, expires_at: dt.datetime, zone: ZoneInfo) -> Letter:
    """The letter with the link; who reads it may never have heard of us."""
    until = {"when": day_and_time(expires_at, zone)}
    return Letter(
        subject=_("You have an invitation"),
        title=_("You have an invitation"),
        lines=[
            _("Somebody close to you would like to share a private place online with you."),
            _("Open it to see from whom it is. You are asked before anything happens."),
            _("It is for the owner of this address only, and waits until %(when)s.") % until,
            _("If you expected nothing like that, you need do nothing."),
        ],
        button=_("See the invitation"),
        url=absolute("rooms:invitation", token),
        useful_until=expires_at,
    )


def joined(room: str) -> Letter:
    """To those who were there before."""
    return Letter(
        subject=_("News in one of your rooms"),
        title=_("Your invitation was accepted"),
        lines=[_("The room has a new member. Coming bookings are in their calendar too.")],
        button=_("Open the room"),
        url=absolute("rooms:members", room),
    )


def joined_for_provider(room: str) -> Letter:
    """To the provider, who invited nobody."""
    return Letter(
        subject=_("News in one of your rooms"),
        title=_("A room of yours has a new member"),
        lines=[_("Coming bookings are in their calendar too.")],
        button=_("Open the room"),
        url=absolute("rooms:members", room),
    )


def gone(room: str) -> Letter:
    """To those who stay."""
    return Letter(
        subject=_("News in one of your rooms"),
        title=_("A room of yours has a member less"),
        lines=[_("What is booked there stays as it is.")],
        button=_("Open the room"),
        url=absolute("rooms:members", room),
    )


def removed() -> Letter:
    """To whoever was taken out."""
    return Letter(
        subject=_("News about your rooms"),
        title=_("You are no longer a member of a room"),
        lines=[
            _("Whoever created it has taken you out. What is booked there goes on without you."),
            _("Your own rooms and bookings stay as they are."),
        ],
        button=_("See your rooms"),
        url=absolute("rooms:list"),
    )


def shared(change: Change, zone: ZoneInfo) -> Letter:
    """To somebody who joined a room: one of its coming sessions."""
    lines = [_("The invitation in this message puts it into your calendar.")]
    if change.is_tentative:
        lines.insert(0, _("It waits for its confirmation."))
    return Letter(
        subject=_("About your booking"),
        title=_("A booking of your new room"),
        when=change.when(zone),
        lines=lines,
        button=_("Join your session"),
        url=absolute("live:session", change.code),
    )


def withdrawn(change: Change, zone: ZoneInfo) -> Letter:
    """To somebody who left a room: one of its sessions goes on without them."""
    return Letter(
        subject=_("About a booking"),
        title=_("A booking was taken out of your calendar"),
        when=change.when(zone),
        lines=[_("You are no longer a member of its room. Nothing is charged to you.")],
        button=_("See your schedule"),
        url=absolute("booking:schedule"),
    )
