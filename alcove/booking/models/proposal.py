"""Time proposals: how a room's people find a time together when no slot suits (R6)."""

from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alcove.availability.models import MINUTES_OF_DAY, Modality
from alcove.booking.models.appointment import Appointment
from alcove.booking.models.hold import SlotHold
from alcove.core.codes import new_code
from alcove.people.models import Person, validate_zone
from alcove.rooms.models import Room


class TimeProposal(models.Model):
    """One exchange about a time: clients say when they are free, the provider offers exact times.

    A provider may begin it too, by offering times unasked. ``answer_by`` is until when the side
    whose turn it is can answer; past it the exchange lapses. ``instead_of`` is a request that the
    provider declined with the offer. ``booking/proposals.py`` says how one state leads to another.
    """

    class State(models.TextChoices):
        # A partner marked times; the owner, who schedules, has not sent them on yet.
        SUGGESTED = "suggested", _("Waiting for the client")
        OPEN = "open", _("Waiting for the provider")
        OFFERED = "offered", _("Times offered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Not answered in time")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="proposals")
    modality = models.CharField(max_length=5, choices=Modality.choices)
    length_minutes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices)
    version = models.PositiveIntegerField(default=1)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    # When the provider is reminded; None once they were, or where nothing waits for them.
    remind_at = models.DateTimeField(null=True, blank=True)
    # What the provider wrote with the offer, or with their no.
    words = models.TextField(default="", blank=True)
    instead_of = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    became = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["room", "-id"], name="proposal_by_room"),
            models.Index(
                fields=["answer_by"],
                name="proposal_to_lapse",
                condition=Q(state__in=["suggested", "open", "offered"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["room"],
                condition=Q(state__in=["suggested", "open", "offered"]),
                name="proposal_live_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "suggested",
                        "open",
                        "offered",
                        "accepted",
                        "declined",
                        "withdrawn",
                        "lapsed",
                    ]
                ),
                name="proposal_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", became__isnull=False)
                | (~Q(state="accepted") & Q(became=None)),
                name="proposal_accepted_became_session",
            ),
            models.CheckConstraint(
                condition=Q(remind_at=None) | Q(state="open"), name="proposal_reminds_while_open"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def key(self) -> str:
        """The opaque key by which events name this proposal."""
        return f"proposal:{self.code}"

    @property
    def is_live(self) -> bool:
        """Whether somebody's answer is still awaited."""
        return self.state in LIVE


LIVE = (TimeProposal.State.SUGGESTED, TimeProposal.State.OPEN, TimeProposal.State.OFFERED)


class TimeWish(models.Model):
    """When one client would be free, on the wall clock of ``zone``, with a line of their own."""

    proposal = models.ForeignKey(TimeProposal, on_delete=models.CASCADE, related_name="wishes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    zone = models.CharField(max_length=64, validators=[validate_zone])
    words = models.TextField(default="", blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "person"], name="wish_once_by_person"),
        ]

    def __str__(self) -> str:
        return f"wish of {self.person_id}"

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone on whose wall clock the times are."""
        return ZoneInfo(self.zone)


class WishedTime(models.Model):
    """From and to as wall minutes of one date, or of one weekday again and again (0 is Monday)."""

    wish = models.ForeignKey(TimeWish, on_delete=models.CASCADE, related_name="times")
    date = models.DateField(null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["date", "weekday", "start_minute"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date__isnull=False, weekday=None)
                | Q(date=None, weekday__isnull=False, weekday__lte=6),
                name="wished_time_of_date_or_weekday",
            ),
            models.CheckConstraint(
                condition=Q(end_minute__lte=MINUTES_OF_DAY, end_minute__gt=F("start_minute")),
                name="wished_time_is_a_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date or self.weekday} {self.start_minute}-{self.end_minute}"


class OfferedTime(models.Model):
    """One of at most three exact times that a provider offers; held while it can be accepted."""

    proposal = models.ForeignKey(TimeProposal, on_delete=models.CASCADE, related_name="offered")
    position = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    # None once the offer is answered: nothing is kept any more.
    hold = models.OneToOneField(
        SlotHold, on_delete=models.PROTECT, null=True, blank=True, related_name="offered_as"
    )

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "position"], name="offered_time_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=3), name="offered_times_are_three"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
