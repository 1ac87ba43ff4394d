"""Plans, what a room is entitled to, and the ledger of session credits."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alcove.availability.models import validate_offers
from alcove.rooms.models import Room


class LateRule(models.TextChoices):
    """What a late change costs the client (R13)."""

    CREDIT = "credit", _("the session credit")
    FEE = "fee", _("a fee")


class Plan(models.Model):
    """What a client pays for: credits each period, types and lengths, and the late rule."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    credits_per_period = models.PositiveSmallIntegerField(default=4)
    period_months = models.PositiveSmallIntegerField(default=1)
    offers = models.JSONField(default=dict, validators=[validate_offers])
    late_rule = models.CharField(max_length=6, choices=LateRule.choices, default=LateRule.CREDIT)
    # Minor units (cents) of ``currency``, an ISO 4217 code.
    late_fee_minor = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(late_rule="credit") | Q(late_rule="fee", late_fee_minor__gt=0),
                name="plan_fee_rule_has_a_fee",
            ),
            models.CheckConstraint(condition=Q(period_months__gte=1), name="plan_has_a_period"),
        ]

    def __str__(self) -> str:
        return self.name


class Entitlement(models.Model):
    """A room's coverage by a plan, from one local date to another (practice zone)."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        UNPAID = "unpaid", _("unpaid")

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="entitlement")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    starts_on = models.DateField()
    # The first date that is not covered any more; None goes on.
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=models.F("starts_on")),
                name="entitlement_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} for {self.room_id}"


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


class LateFee(models.Model):
    """A fee that a late change made due; paid to the practice."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="late_fees")
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=120, unique=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} {self.cause}"
