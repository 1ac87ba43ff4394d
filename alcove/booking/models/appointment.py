"""Appointments: the reservation of a room's time with its provider, and how one ended early."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alcove.availability.models import Modality
from alcove.billing.models import LateRule
from alcove.core.codes import new_code
from alcove.people.models import Person
from alcove.rooms.models import Room


class Status(models.TextChoices):
    """The states of an appointment; ``lifecycle`` says how one leads to another."""

    REQUESTED = "requested", _("Waiting for the provider")
    CONFIRMED = "confirmed", _("Confirmed")
    COMPLETED = "completed", _("Completed")
    NO_SHOW = "no_show", _("Missed")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Not answered in time")
    CANCELLED = "cancelled", _("Cancelled")


ACTIVE = (Status.REQUESTED, Status.CONFIRMED)


class Appointment(models.Model):
    """A reservation of time between a room's members and its provider.

    The terms that the client read when booking stay with it: the notice, the late rule and its
    fee, the buffers. ``version`` rises with every change and decides races; ``sequence`` is the
    calendar's SEQUENCE (RFC 5545 section 3.8.7.4); ``uid`` never changes.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="appointments")
    provider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    booked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    modality = models.CharField(max_length=5, choices=Modality.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    confirm_by = models.DateTimeField()
    notice_hours = models.PositiveSmallIntegerField(default=24)
    late_rule = models.CharField(max_length=6, choices=LateRule.choices)
    late_fee_minor = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, default="USD")
    # How many reservations of a credit this appointment has made: the number of the present one.
    reservation = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    sequence = models.PositiveIntegerField(default=0)
    # Whether an invitation went out, so that later changes must reach the calendars too.
    was_confirmed = models.BooleanField(default=False)
    booked_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["room", "-starts_at"], name="appointment_by_room"),
            models.Index(fields=["provider", "-starts_at"], name="appointment_by_provider"),
            models.Index(
                fields=["confirm_by"],
                name="appointment_to_lapse",
                condition=Q(status="requested"),
            ),
            models.Index(
                fields=["ends_at"], name="appointment_to_complete", condition=Q(status="confirmed")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="appointment_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def key(self) -> str:
        """The opaque key by which events and ledger entries name this appointment."""
        return f"appointment:{self.code}"

    @property
    def uid(self) -> str:
        """The calendar UID (RFC 5545 section 3.8.4.7): the same through every change."""
        return f"{self.code.lower()}@alcove"

    @property
    def reservation_key(self) -> str:
        """The opaque key of the credit reservation that pays for the present time."""
        return f"{self.code}:{self.reservation}"

    @property
    def length(self) -> dt.timedelta:
        """How long the session lasts."""
        return self.ends_at - self.starts_at

    @property
    def length_minutes(self) -> int:
        """The length in whole minutes."""
        return int(self.length.total_seconds()) // 60

    @property
    def free_until(self) -> dt.datetime:
        """The last instant at which a client's change is free (R13)."""
        return self.starts_at - dt.timedelta(hours=self.notice_hours)

    @property
    def is_active(self) -> bool:
        """Whether it still takes time: requested or confirmed."""
        return self.status in ACTIVE


class CancellationReason(models.Model):
    """One reason of the practice's list (R12), in both languages of the product."""

    text_en = models.CharField(max_length=120)
    text_es = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    # From then on nobody is offered it; whoever chose it before has chosen it.
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["text_en"], condition=Q(retired_at=None), name="reason_listed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text_en

    def text(self, language: str) -> str:
        """The reason in the reader's language."""
        return self.text_es if language.startswith("es") else self.text_en


class Ending(models.Model):
    """Who ended an appointment early, when, why, and what it cost."""

    class Cost(models.TextChoices):
        FREE = "free", _("free")
        CREDIT = "credit", _("one session credit")
        FEE = "fee", _("a fee")

    class Cause(models.TextChoices):
        PROVIDER_ABSENT = "provider_absent", _("The provider did not come")
        NOT_CONNECTED = "not_connected", _("Nobody could be connected")

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="ending")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.ForeignKey(CancellationReason, on_delete=models.PROTECT, null=True)
    words = models.TextField(default="", blank=True)
    cost = models.CharField(max_length=6, choices=Cost.choices, default=Cost.FREE)
    # Set where nobody ended it: the facts of attendance did.
    cause = models.CharField(max_length=15, choices=Cause.choices, default="", blank=True)
    ended_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"ending of {self.appointment_id}"


class FreedTime(models.Model):
    """A provider's time that a late change gave back at the cost of a credit.

    When another room takes it, the credit comes back (R13): ``reservation_key`` names it.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    provider = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="+")
    reservation_key = models.CharField(max_length=40, unique=True)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["provider", "ends_at"],
                name="freed_time_open",
                condition=Q(restored_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.reservation_key
