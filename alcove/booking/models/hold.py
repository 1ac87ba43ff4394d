"""Holds, and the claims on people's time under holds and appointments."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from alcove.availability.models import Modality
from alcove.booking.models.appointment import Appointment
from alcove.core.codes import new_code
from alcove.people.models import Person
from alcove.rooms.models import Room


class SlotHold(models.Model):
    """A slot kept for one room while its client reviews; it ends by the clock.

    ``moves`` names the appointment that is to be moved to this time, if any; ``became`` the
    appointment that was booked from this hold, so that a repeated click finds it.
    """

    class Purpose(models.TextChoices):
        # Chosen by the client, who reads the policy meanwhile; a room has one of these at once.
        REVIEW = "review"
        # The time of a ring, which is answered and never reviewed (R16).
        RING = "ring"
        # One of the times that a provider offers (R6).
        OFFER = "offer"

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="holds")
    held_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    modality = models.CharField(max_length=5, choices=Modality.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    moves = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    became = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    purpose = models.CharField(max_length=6, choices=Purpose.choices, default=Purpose.REVIEW)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="hold_by_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="hold_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["review", "ring", "offer"]), name="hold_purpose_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def length_minutes(self) -> int:
        """The length in whole minutes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def is_good_at(self, now: dt.datetime) -> bool:
        """Whether it can be booked: still kept, and its start has not gone by meanwhile."""
        return now < self.expires_at and now <= self.starts_at


class TimeClaim(models.Model):
    """One person's time, taken by one appointment or hold; buffers included for the provider.

    The database refuses two overlapping claims of one person, whatever code runs (migration
    0002). Only active appointments and live holds have claims: an ended one gives its rows up.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, null=True, related_name="claims"
    )
    hold = models.ForeignKey(SlotHold, on_delete=models.CASCADE, null=True, related_name="claims")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "ends_at"], name="claim_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="claim_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, hold=None, expires_at=None)
                | Q(appointment=None, hold__isnull=False, expires_at__isnull=False),
                name="claim_of_appointment_or_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.starts_at:%Y-%m-%d %H:%M}"
