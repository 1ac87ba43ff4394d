"""Rings: a client's wish for a session at once (R16)."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alcove.availability.models import Modality
from alcove.booking.models.appointment import Appointment
from alcove.booking.models.hold import SlotHold
from alcove.core.codes import new_code
from alcove.people.models import Person
from alcove.rooms.models import Room


class Ring(models.Model):
    """A client's wish for a session at once, until the provider answers it or two minutes pass.

    While it is open its hold keeps everybody's time; an answered ring keeps none. Only an
    accepted one ``became`` an appointment.
    """

    class Answer(models.TextChoices):
        OPEN = "", _("Ringing")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        LAPSED = "lapsed", _("Not answered in time")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="rings")
    provider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    rung_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    modality = models.CharField(max_length=5, choices=Modality.choices)
    length_minutes = models.PositiveSmallIntegerField()
    hold = models.OneToOneField(SlotHold, on_delete=models.PROTECT, null=True, related_name="+")
    rung_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=9, choices=Answer.choices, default=Answer.OPEN, blank=True)
    answered_at = models.DateTimeField(null=True)
    became = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["room", "-id"], name="ring_by_room")]
        constraints = [
            models.UniqueConstraint(
                fields=["provider"], condition=Q(answer=""), name="ring_open_once_by_provider"
            ),
            models.UniqueConstraint(
                fields=["room"], condition=Q(answer=""), name="ring_open_once_by_room"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["", "accepted", "declined", "lapsed", "withdrawn"]),
                name="ring_answer_known",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, hold__isnull=False)
                | (~Q(answer="") & Q(answered_at__isnull=False, hold=None)),
                name="ring_is_open_or_answered",
            ),
            models.CheckConstraint(
                condition=Q(answer="accepted", became__isnull=False)
                | (~Q(answer="accepted") & Q(became=None)),
                name="ring_accepted_became_session",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("rung_at")), name="ring_expires_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def key(self) -> str:
        """The opaque key by which events name this ring."""
        return f"ring:{self.code}"

    def is_open_at(self, now: dt.datetime) -> bool:
        """Whether it still waits for its answer: the clock ends it before the job does."""
        return self.answer == self.Answer.OPEN and now < self.expires_at
