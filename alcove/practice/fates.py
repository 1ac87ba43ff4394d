"""What becomes of every reference to a person, and of every text, when they are deleted.

The one table of it: the action works through it, the pages name it, and a test fails on a reference
that it does not know. What took place stays, as law makes a practice keep it: sessions, attendance,
credits, payments, the audit log. They then point at a person without name and address.
"""

from collections.abc import Iterable, Iterator
from enum import Enum

from django.apps import apps
from django.db import models


class Fate(Enum):
    """What becomes of the rows that refer to somebody."""

    KEPT = "kept"
    ERASED = "erased"


KEPT, ERASED = Fate.KEPT, Fate.ERASED

# By app, model and field. A kept row is also emptied of the texts in EMPTIED.
FATES: dict[str, Fate] = {
    "account.EmailAddress.user": ERASED,
    "mfa.Authenticator.user": ERASED,
    "people.SignInLink.person": ERASED,
    "people.PersonInvitation.person": ERASED,
    "people.PersonInvitation.invited_by": KEPT,
    "people.DeletionRequest.person": KEPT,
    "people.DeletionRequest.closed_by": KEPT,
    "practice.PracticeUpload.admin": ERASED,
    "rooms.Room.owner": KEPT,
    "rooms.Room.provider": KEPT,
    "rooms.Membership.person": KEPT,
    "rooms.Message.author": KEPT,
    "rooms.Invitation.invited_by": KEPT,
    "rooms.Invitation.accepted_by": KEPT,
    "availability.ProviderCalendar.provider": ERASED,
    "billing.Purchase.buyer": KEPT,
    "billing.Purchase.recorded_by": KEPT,
    "billing.Refund.asked_by": KEPT,
    "billing.SavedMethod.person": ERASED,
    "billing.FeeConsent.person": KEPT,
    "booking.SlotHold.held_by": KEPT,
    "booking.TimeClaim.person": KEPT,
    "booking.Appointment.provider": KEPT,
    "booking.Appointment.booked_by": KEPT,
    "booking.Ending.ended_by": KEPT,
    "booking.FreedTime.provider": KEPT,
    "booking.NoShow.marked_by": KEPT,
    "booking.NoShow.disputed_by": KEPT,
    "booking.NoShow.decided_by": KEPT,
    "booking.TimeProposal.opened_by": KEPT,
    "booking.TimeWish.person": ERASED,
    "booking.Ring.provider": KEPT,
    "booking.Ring.rung_by": KEPT,
    "live.Admission.person": KEPT,
    "live.Admission.let_in_by": KEPT,
    "live.Stay.person": KEPT,
    "live.Problem.person": ERASED,
    "live.Problem.handled_by": KEPT,
    "support.SupportRequest.asked_by": ERASED,
    "support.SupportRequest.settled_by": KEPT,
    "support.FurtherAnswer.answered_by": KEPT,
    "notifications.Delivery.person": ERASED,
    "notifications.SwitchedOff.person": ERASED,
    "notifications.Preferences.person": ERASED,
    "notifications.Reminder.person": ERASED,
    "notifications.Notice.person": ERASED,
    "notifications.PushDevice.person": ERASED,
}
# Rows that know somebody by their address alone are erased, too.
BY_ADDRESS = ("notifications.Delivery.address", "support.SupportRequest.address")
# Texts of theirs on rows that stay, by the reference that makes them theirs.
EMPTIED: dict[str, str] = {
    "booking.Ending.ended_by": "words",
    "booking.NoShow.disputed_by": "dispute_words",
    "booking.TimeProposal.opened_by": "words",
    "people.DeletionRequest.person": "words",
}


def rows_by(references: Iterable[str], value: object) -> Iterator[tuple[str, models.QuerySet]]:  # type: ignore[type-arg]  # of any model
    """Each reference with the rows whose field has this value."""
    for reference in references:
        label, _dot, field = reference.rpartition(".")
        rows = apps.get_model(label)._default_manager  # noqa: SLF001 - Django documents it
        yield reference, rows.filter(**{field: value})
