"""The meeting itself: who was let in, who was there from when to when, what went wrong."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alcove.availability.models import Modality
from alcove.booking.models import Appointment
from alcove.people.models import Person
from alcove.rooms.models import Membership


class LiveSession(models.Model):
    """The meeting of one appointment, from the first person who joins.

    ``level`` is what the session uses at present (video, audio or chat): never above the booked
    modality, and lower after a fallback.
    """

    appointment = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, related_name="live_session"
    )
    level = models.CharField(max_length=5, choices=Modality.choices)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"meeting of {self.appointment_id}"


class Admission(models.Model):
    """Somebody was let in: once, and good for coming back."""

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="admissions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Nobody, where joining is enough: the provider, and practices that let in automatically.
    let_in_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    let_in_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="admission_once"),
        ]

    def __str__(self) -> str:
        return f"admission of {self.person_id}"


class Stay(models.Model):
    """One person's presence from joining to leaving, as the server saw it.

    ``seen_at`` is renewed by the page; a stay that is not renewed ends there. ``connected_at`` is
    the first instant at which this person could hear, see or read another one. The database lets
    nobody be in twice.
    """

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="stays")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=Membership.Role.choices)
    epoch = models.CharField(max_length=64)
    device = models.CharField(max_length=64)
    joined_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(null=True)
    path_failed_at = models.DateTimeField(null=True)
    # The page's present socket, empty while it is lost, and what the page sends: for those who
    # come later.
    socket = models.CharField(max_length=32, default="", blank=True)
    sends_audio = models.BooleanField(default=False)
    sends_video = models.BooleanField(default=False)
    sends_screen = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["seen_at"], name="stay_to_end", condition=Q(left_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=Q(left_at=None), name="stay_in_one_place"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")),
                name="stay_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "partner", "provider"]), name="stay_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} from {self.joined_at:%H:%M:%S}"


class Problem(models.Model):
    """What somebody reported from within a session, for the practice to read."""

    class Kind(models.TextChoices):
        SOUND = "sound", _("The sound")
        PICTURE = "picture", _("The picture")
        CONNECTION = "connection", _("The connection")
        OTHER = "other", _("Something else")

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="problems")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.TextField(default="", blank=True)
    reported_at = models.DateTimeField()
    # Somebody of staff has seen to it.
    handled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-reported_at"], name="problem_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at=None, handled_by=None)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
                name="problem_handled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} problem of {self.person_id}"
