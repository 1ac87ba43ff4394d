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


class AuditRow(models.Model):
    """One look or act of staff, for good: added by ``core.audit.append`` and never changed.

    Each row names the hash of the row before it, so that what was edited, removed or put in between
    shows. The database refuses edits and deletions (migration 0003) and a second row after the
    same one. ``actor`` and ``subject`` are opaque keys, as those of events.
    """

    sequence = models.BigIntegerField(unique=True)
    happened_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    reason = models.TextField(default="")
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sequence__gte=1), name="audit_sequence_from_one"),
        ]
        indexes = [
            models.Index(fields=["actor", "sequence"], name="audit_by_actor"),
            models.Index(fields=["subject", "sequence"], name="audit_by_subject"),
            models.Index(fields=["act", "sequence"], name="audit_by_act"),
            models.Index(fields=["happened_at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.act} {self.subject}"


class AuditHead(models.Model):
    """Where the audit log ends: one row, which whoever appends holds meanwhile."""

    ONLY = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_head_is_one_row")]

    def __str__(self) -> str:
        return f"ends at {self.sequence}"
