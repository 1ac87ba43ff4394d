"""When a provider works, and what they offer then."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alcove.people.models import Person, validate_zone

MINUTES_OF_DAY = 24 * 60
STEPS = (5, 10, 15, 20, 30, 60)


class Modality(models.TextChoices):
    """How people meet; screens say "session type"."""

    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")
    CHAT = "chat", _("Live chat")


# Which lengths in minutes are offered for each modality, as {"video": [30, 45], …}.
Offers = dict[str, list[int]]


def validate_offers(offers: object) -> None:
    """Refuse offers that are not lists of whole minutes by modality."""
    if not isinstance(offers, dict) or not set(offers) <= set(Modality.values):
        raise ValidationError(_("Offers name session types other than video, audio and chat."))
    for lengths in offers.values():
        if not isinstance(lengths, list) or not all(
            isinstance(n, int) and 5 <= n <= 240 for n in lengths
        ):
            raise ValidationError(_("A length is a whole number of minutes from 5 to 240."))


def validate_modalities(modalities: object) -> None:
    """Refuse anything but a list of known modalities."""
    if not isinstance(modalities, list) or not set(modalities) <= set(Modality.values):
        raise ValidationError(_("Session types are video, audio and chat."))


def all_modalities() -> list[str]:
    """Every modality: what new hours are open for."""
    return list(Modality.values)


class ProviderCalendar(models.Model):
    """One provider's terms: the zone of their hours, their grid, rests, limits and offers."""

    provider = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="provider_calendar"
    )
    time_zone = models.CharField(max_length=64, validators=[validate_zone])
    headline = models.CharField(max_length=200, default="", blank=True)
    offers = models.JSONField(default=dict, validators=[validate_offers])
    step_minutes = models.PositiveSmallIntegerField(
        default=15, choices=[(step, str(step)) for step in STEPS]
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=10)
    minimum_notice_minutes = models.PositiveIntegerField(default=120)
    horizon_days = models.PositiveSmallIntegerField(default=60)
    daily_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    # None follows the practice.
    confirms_automatically = models.BooleanField(null=True, blank=True)
    on_leave_until = models.DateField(null=True, blank=True)
    # Until when clients may ring for a session at once (R16); it ends by the clock, or by hand.
    available_now_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(step_minutes__in=STEPS), name="calendar_step_divides_the_day"
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.provider_id}"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in whose wall time the hours are written."""
        return ZoneInfo(self.time_zone)

    def is_available_now(self, now: dt.datetime) -> bool:
        """Whether clients may ring at ``now`` for a session at once (R16)."""
        return self.available_now_until is not None and now < self.available_now_until


def _minutes_are_a_span() -> Q:
    return Q(start_minute__gte=0, end_minute__lte=MINUTES_OF_DAY, end_minute__gt=F("start_minute"))


class AvailabilityRule(models.Model):
    """Weekly hours: from and to as wall minutes of one weekday (0 is Monday)."""

    calendar = models.ForeignKey(ProviderCalendar, on_delete=models.CASCADE, related_name="rules")
    weekday = models.PositiveSmallIntegerField()
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()
    modalities = models.JSONField(default=all_modalities, validators=[validate_modalities])

    class Meta:
        ordering = ["weekday", "start_minute"]
        constraints = [
            models.CheckConstraint(condition=_minutes_are_a_span(), name="rule_is_a_span"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="rule_weekday_known"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start_minute}-{self.end_minute}"


class DateOverride(models.Model):
    """Hours that replace the weekly rules on one date; without minutes the date is closed."""

    calendar = models.ForeignKey(
        ProviderCalendar, on_delete=models.CASCADE, related_name="overrides"
    )
    date = models.DateField()
    start_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    end_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    modalities = models.JSONField(default=all_modalities, validators=[validate_modalities])

    class Meta:
        ordering = ["date", "start_minute"]
        indexes = [models.Index(fields=["calendar", "date"], name="override_by_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_minute=None, end_minute=None) | _minutes_are_a_span(),
                name="override_is_a_span_or_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.start_minute}-{self.end_minute}"


class Absence(models.Model):
    """An instant-to-instant stretch in which a provider cannot work; the shape of the two below."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def length(self) -> dt.timedelta:
        """How long it lasts."""
        return self.ends_at - self.starts_at


class TimeOff(Absence):
    """Planned absence, to the minute; the note is for the provider alone."""

    calendar = models.ForeignKey(
        ProviderCalendar, on_delete=models.CASCADE, related_name="time_off"
    )
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["calendar", "ends_at"], name="time_off_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="time_off_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"


class BusyBlock(Absence):
    """Busy time taken over from a provider's own calendar; sessions keep their buffers from it."""

    calendar = models.ForeignKey(
        ProviderCalendar, on_delete=models.CASCADE, related_name="busy_blocks"
    )
    source = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["calendar", "ends_at"], name="busy_block_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="busy_block_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.starts_at:%Y-%m-%d}"
