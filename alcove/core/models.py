"""Tables that know no product word: events, jobs, idempotency keys."""

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One change that happened, recorded in the transaction that made it.

    The one record that feeds cards, mail, audit and history. ``subject`` and ``actor`` are
    opaque keys such as ``appointment:K3…`` and ``person:7`` so that core needs no product table.
    """

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    actor = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    happened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="event_by_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Job(models.Model):
    """Work to be done at or after ``run_at``; see ``core.jobs`` for how it is leased."""

    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    unique_key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - many jobs have none, and NULLs do not collide
    run_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, default="")
    attempts = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(fields=["run_at", "id"], name="job_due", condition=Q(failed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.run_at:%Y-%m-%d %H:%M}"


class IdempotencyKey(models.Model):
    """The remembered answer to one request, so that its repetition has no second effect."""

    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    answer = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="idempotency_key_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"
