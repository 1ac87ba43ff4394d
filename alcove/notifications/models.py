"""What is sent to people: one row for each event, person and channel."""

from django.db import models
from django.db.models import Q

from alcove.core.models import Event
from alcove.people.models import Person


class Delivery(models.Model):
    """One message to one person by one channel; unique for its event, so it is sent once.

    A row without an event is a letter of the sign-in system. ``message_id`` is derived from the
    row, so that a further copy, should the mail server's answer be lost, is known as the same.
    """

    class Channel(models.TextChoices):
        EMAIL = "email"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        # No mail server is configured: staff read it in the outbox.
        KEPT = "kept"
        FAILED = "failed"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.EMAIL)
    address = models.EmailField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(default="")
    # An iMIP body (RFC 6047) and its METHOD; both empty for a letter without an invitation.
    calendar = models.TextField(default="")
    calendar_method = models.CharField(max_length=10, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-id"], name="delivery_latest")]
        constraints = [
            models.UniqueConstraint(fields=["event", "person", "channel"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "kept", "failed"]),
                name="delivery_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"
