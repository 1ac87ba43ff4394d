"""Appointments, the holds before them, and the claims on people's time under both."""

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


class SlotHold(models.Model):
    """A slot kept for one room while its client reviews; it ends by the clock.

    ``moves`` names the appointment that is to be moved to this time, if any; ``became`` the
    appointment that was booked from this hold, so that a repeated click finds it. ``rings``: it
    keeps the time of a ring, which is answered and never reviewed.
    """

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
    rings = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="hold_by_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="hold_ends_after_start"
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


class CancellationReason(models.Model):
    """One reason of the practice's list (R12), in both languages of the product."""

    text_en = models.CharField(max_length=120)
    text_es = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

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


class NoShow(models.Model):
    """A session that the provider marked as missed; final unless the client disputes it in time.

    The credit stays reserved until ``settled_at``. ``facts`` is what the live room had recorded
    when it was marked, for the people who judge it; its instants are ISO texts.
    """

    class Verdict(models.TextChoices):
        STANDS = "stands", _("It stands")
        WAIVED = "waived", _("It is waived")

    appointment = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, related_name="no_show"
    )
    marked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    final_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    disputed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    disputed_at = models.DateTimeField(null=True)
    dispute_words = models.TextField(default="", blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=6, choices=Verdict.choices, default="", blank=True)
    verdict_words = models.TextField(default="", blank=True)
    cost = models.CharField(max_length=6, choices=Ending.Cost.choices, default="", blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["final_at"], name="no_show_to_settle", condition=Q(settled_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(disputed_at=None, disputed_by=None)
                | Q(disputed_at__isnull=False, disputed_by__isnull=False),
                name="no_show_disputed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, verdict="")
                | Q(
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    disputed_at__isnull=False,
                    verdict__in=["stands", "waived"],
                ),
                name="no_show_decided_after_dispute",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, cost="")
                | Q(settled_at__isnull=False, cost__in=["free", "credit", "fee"]),
                name="no_show_settled_at_a_cost",
            ),
        ]

    def __str__(self) -> str:
        return f"no-show of {self.appointment_id}"

    def is_disputable_at(self, now: dt.datetime) -> bool:
        """Whether a client may still say that it is wrong."""
        return self.disputed_at is None and self.settled_at is None and now < self.final_at


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
