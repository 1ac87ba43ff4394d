"""The ledger of session credits."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alcove.rooms.models import Room


class CreditEntry(models.Model):
    """One line of a room's credit ledger; never edited, never deleted (the database refuses it).

    ``available`` and ``held`` are what the line adds to the two sums: a reservation moves one
    credit from available to held, spending takes it out of held. An entry that makes credits
    available is a *lot*, with its own end of validity; an entry that takes some names its lot.
    ``cause`` is unique: what caused a line can cause it once only.
    """

    class Kind(models.TextChoices):
        GRANTED = "granted", _("granted")
        BOUGHT = "bought", _("bought")
        RESERVED = "reserved", _("reserved")
        SPENT = "spent", _("spent")
        RELEASED = "released", _("released")
        FORFEITED = "forfeited", _("forfeited")
        RESTORED = "restored", _("restored")
        EXPIRED = "expired", _("expired")
        REFUNDED = "refunded", _("refunded")

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="credit_entries")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    available = models.SmallIntegerField(default=0)
    held = models.SmallIntegerField(default=0)
    lot = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="uses")
    expires_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=120, unique=True)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["room", "id"], name="credit_by_room")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["granted", "bought"], available__gt=0, held=0, lot=None)
                | Q(kind="reserved", available=-1, held=1, lot__isnull=False)
                | Q(kind__in=["spent", "forfeited"], available=0, held=-1, lot__isnull=False)
                | Q(kind="released", available=1, held=-1, lot__isnull=False)
                | Q(kind="restored", available=1, held=0, lot__isnull=False)
                | Q(
                    kind__in=["expired", "refunded"],
                    available__lt=0,
                    held=0,
                    lot__isnull=False,
                ),
                name="credit_entry_moves_what_its_kind_says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"
