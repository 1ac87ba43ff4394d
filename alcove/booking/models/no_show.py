"""Sessions that were marked as missed, the disputes about them and their verdicts."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alcove.booking.models.appointment import Appointment, Ending
from alcove.people.models import Person


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
