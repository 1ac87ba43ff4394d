"""Plans, and what a room is entitled to."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alcove.availability.models import validate_offers
from alcove.rooms.models import Room


class LateRule(models.TextChoices):
    """What a late change costs the client (R13)."""

    CREDIT = "credit", _("the session credit")
    FEE = "fee", _("a fee")


class Plan(models.Model):
    """One version of what a client pays for; changing a plan writes the next version.

    A room keeps the version that it has until its next period begins, so nothing that was bought
    ever changes. The database refuses to alter the terms of a version that somebody has.
    Amounts are minor units (cents) of ``currency``, an ISO 4217 code.
    """

    class ForRooms(models.TextChoices):
        ANY = "any", _("Individual and couples rooms")
        INDIVIDUAL = Room.Kind.INDIVIDUAL.value, _("Individual rooms")
        COUPLES = Room.Kind.COUPLES.value, _("Couples rooms")

    code = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces"
    )
    # Rooms change to the next version with the first period that begins from then on.
    replaced_at = models.DateTimeField(null=True, blank=True)
    # Whether clients can still choose it; those who have it keep it.
    is_on_sale = models.BooleanField(default=True)
    name = models.CharField(max_length=120)
    for_rooms = models.CharField(max_length=10, choices=ForRooms.choices, default=ForRooms.ANY)
    price_minor = models.PositiveIntegerField(default=0)
    period_months = models.PositiveSmallIntegerField(default=1)
    credits_per_period = models.PositiveSmallIntegerField(default=4)
    # A period's credits are good to the end of so many periods; None: they have no end.
    credits_last_periods = models.PositiveSmallIntegerField(null=True, blank=True, default=1)
    # None: no further credits are sold.
    extra_credit_minor = models.PositiveIntegerField(null=True, blank=True)
    offers = models.JSONField(default=dict, validators=[validate_offers])
    late_rule = models.CharField(max_length=6, choices=LateRule.choices, default=LateRule.CREDIT)
    late_fee_minor = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="plan_version_once"),
            models.CheckConstraint(
                condition=Q(replaced_by=None, replaced_at=None)
                | Q(replaced_by__isnull=False, replaced_at__isnull=False),
                name="plan_replaced_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(late_rule="credit") | Q(late_rule="fee", late_fee_minor__gt=0),
                name="plan_fee_rule_has_a_fee",
            ),
            models.CheckConstraint(condition=Q(period_months__gte=1), name="plan_has_a_period"),
            models.CheckConstraint(
                condition=Q(extra_credit_minor=None) | Q(extra_credit_minor__gt=0),
                name="plan_extra_credit_has_a_price",
            ),
            models.CheckConstraint(
                condition=Q(credits_last_periods=None) | Q(credits_last_periods__gte=1),
                name="plan_credits_last_a_period",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def suits(self, room: Room) -> bool:
        """Whether a room of this kind can have it."""
        return self.for_rooms in {self.ForRooms.ANY, room.kind}

    def in_force_at(self, moment: dt.datetime) -> "Plan":
        """The version that a period has which begins at ``moment``: this one or a later one."""
        plan = self
        while plan.replaced_by is not None and plan.replaced_at is not None:
            if plan.replaced_at > moment:
                break
            plan = plan.replaced_by
        return plan


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
    # What a subscription has paid for; None: the practice sees to payment by other ways. The
    # latest instant wins, so that notices out of order change nothing back.
    paid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="entitlement_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} for {self.room_id}"
