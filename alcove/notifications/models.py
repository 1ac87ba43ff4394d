"""What is sent to people: one row for each event, person and channel."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alcove.booking.models import Appointment
from alcove.core.models import Event
from alcove.notifications.kinds import Channel, Kind
from alcove.notifications.quiet import QuietHours
from alcove.people.models import Person
from alcove.rooms.models import Membership

CARRIED = [(channel.value, channel.label) for channel in (Channel.EMAIL, Channel.PUSH)]


class Delivery(models.Model):
    """One message to one person by one channel; unique for its event, so it is sent once.

    A row without an event is a letter of the sign-in system, and of no kind. A row without a
    person went to somebody who is not known here yet. ``message_id`` is derived from the row, so
    that a further copy, should the mail server's answer be lost, is known as the same.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        # No mail server is configured: staff read it in the outbox.
        KEPT = "kept", _("Kept")
        FAILED = "failed", _("Failed")
        # It had become useless before it could go out.
        DROPPED = "dropped", _("No longer needed")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    # One that is carried: what is shown in the product is a notice.
    channel = models.CharField(max_length=5, choices=CARRIED, default=Channel.EMAIL)
    kind = models.CharField(max_length=9, choices=Kind.choices, default="", blank=True)
    # Where a mail goes; a push goes to every device that its person has.
    address = models.EmailField(default="", blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    subject = models.CharField(max_length=200)
    text = models.TextField(default="", blank=True)
    # The page that a tap on a push opens, without scheme and host.
    path = models.CharField(max_length=200, default="", blank=True)
    html = models.TextField(default="")
    # An iMIP body (RFC 6047) and its METHOD; both empty for a letter without an invitation.
    calendar = models.TextField(default="")
    calendar_method = models.CharField(max_length=10, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # Held back by its reader's quiet hours until then.
    not_before = models.DateTimeField(null=True)
    # From then on it would tell nobody anything.
    useful_until = models.DateTimeField(null=True)
    # While one sender is busy with it, no other takes it; a dead sender's lease ends.
    leased_until = models.DateTimeField(null=True)
    # Set by the first try: trouble that lasts longer than this makes it failed.
    give_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="delivery_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["event", "person", "channel"], name="delivery_once"),
            # NULLs do not collide, so people without a row are told apart by their address.
            models.UniqueConstraint(
                fields=["event", "address", "channel"],
                condition=Q(person=None),
                name="delivery_once_to_address",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "kept", "failed", "dropped"]),
                name="delivery_state_known",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "push"]), name="delivery_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"

    @property
    def key(self) -> str:
        """The opaque key by which events name this letter."""
        return f"delivery:{self.pk}"

    @property
    def message_id(self) -> str:
        """The Message-ID (RFC 5322 section 3.6.4): the same for every copy of this letter."""
        return f"<delivery-{self.pk}@{urlsplit(settings.BASE_URL).hostname}>"

    @property
    def holds_a_key(self) -> bool:
        """Whether its text opens a door: the code of a sign-in, or the link of an invitation."""
        return self.event_id is None or self.person_id is None

    @property
    def is_for_its_reader_only(self) -> bool:
        """Whether nobody else must read it: it holds a key, and went out by mail.

        Kept letters have no other way to their reader than the outbox.
        """
        return self.holds_a_key and self.state != self.State.KEPT

    def is_for_admins_only(self) -> bool:
        """Whether its key opens the account of a provider or of staff: a colleague must not use it."""
        readers = Person.objects.filter(email=self.address.strip().lower())
        works_here = Q(is_provider=True) | Q(is_staff=True) | Q(is_admin=True)
        return self.holds_a_key and readers.filter(works_here).exists()


class SwitchedOff(models.Model):
    """One kind of news that a person does not want by one channel.

    Who has no row hears of everything by every way that reaches them.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    channel = models.CharField(max_length=7, choices=Channel.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="switched_off_once"),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values) & Q(channel__in=Channel.values),
                name="switched_off_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} without {self.kind} by {self.channel}"


def default_leads() -> list[int]:
    """When people are reminded who have not chosen otherwise: a day and an hour before."""
    return [24 * 60, 60]


class Preferences(models.Model):
    """When and in which words somebody wants to be told; who has no row has the defaults.

    Quiet hours are wall time in the person's zone. ``lead_minutes`` is how long before a session
    they are reminded of it; ``leads_chosen_at`` keeps reminders away whose moment had gone by
    when they were chosen.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="notification_preferences"
    )
    is_discreet = models.BooleanField(default=True)
    lead_minutes = models.JSONField(default=default_leads)
    leads_chosen_at = models.DateTimeField(null=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (
                    Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & ~Q(quiet_from=F("quiet_until"))
                ),
                name="quiet_hours_are_a_span",
            ),
        ]

    def __str__(self) -> str:
        return f"preferences of {self.person_id}"

    @classmethod
    def of(cls, person: Person) -> "Preferences":
        """What the person has set, or the defaults."""
        return cls.objects.filter(person=person).first() or cls(person=person)

    def quiet_hours(self, zone: ZoneInfo) -> QuietHours | None:
        """The quiet hours on the wall of this zone; None where the person has none."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return QuietHours(self.quiet_from, self.quiet_until, zone)


class Reminder(models.Model):
    """One person's reminder of one session at one of its starts, a lead before it.

    The row is the claim: the database lets it be made once, so its event tells them once.
    """

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # The start it is of: a session that is moved away and back has been told of this one.
    starts_at = models.DateTimeField()
    lead_minutes = models.PositiveIntegerField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "starts_at", "person", "lead_minutes"], name="reminder_once"
            ),
            models.CheckConstraint(condition=Q(lead_minutes__gt=0), name="reminder_before_start"),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"


class Nudge(models.Model):
    """One word to a member that their room has something new; none further until they read again.

    The row is the claim: ``read_up_to`` is what they had seen, and it rises when they read.
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    read_up_to = models.PositiveBigIntegerField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "read_up_to"], name="nudge_once"),
        ]

    def __str__(self) -> str:
        return f"nudge {self.pk}"

    @property
    def still_holds(self) -> bool:
        """Whether the member has not read since."""
        return self.membership.read_up_to == self.read_up_to


class Notice(models.Model):
    """One line for one person on the page News: what happened, and where it leads.

    ``about_at`` is the time it is about, shown on the wall clock that the reader has now.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    title = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    about_at = models.DateTimeField(null=True)
    happened_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(fields=["person"], name="notice_unseen", condition=Q(seen_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="notice_once"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class PushDevice(models.Model):
    """One browser of a person that shows notifications: its subscription (RFC 8030)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # A browser's secret address at its push service; whoever is at the browser has it.
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=30)
    name = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(endpoint__startswith="https://"), name="push_device_over_tls"
            ),
        ]

    def __str__(self) -> str:
        return f"device {self.pk}"


class PushCopy(models.Model):
    """One device's copy of a pushed message: each device gets it once, whatever befalls another."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    device = models.ForeignKey(PushDevice, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(null=True)
    # Why its push service does not take it.
    refusal = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "device"], name="push_copy_once"),
        ]

    def __str__(self) -> str:
        return f"copy {self.pk}"
