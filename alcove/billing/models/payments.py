"""What people pay: purchases, refunds, subscriptions, late fees, and the saved ways to pay.

Card data is the gateway's and never comes here: rows name its things by opaque keys.
"""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alcove.billing.models.plans import Plan
from alcove.core.codes import new_code
from alcove.people.models import Person
from alcove.rooms.models import Room


class LateFee(models.Model):
    """A fee that a late change or a missed session made due; ``cause`` names which, once."""

    class State(models.TextChoices):
        DUE = "due", _("due")
        PAID = "paid", _("paid")
        WAIVED = "waived", _("waived")

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="late_fees")
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=120, unique=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.DUE)
    settled_at = models.DateTimeField(null=True)
    # Why the saved way to pay was not charged: the gateway's stable word, or one of ours.
    declined = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="due", settled_at=None)
                | Q(state__in=["paid", "waived"], settled_at__isnull=False),
                name="late_fee_settled_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} {self.cause}"


class Purchase(models.Model):
    """Something that somebody pays for, once: credits, the first period of a plan, or a late fee.

    ``for_key`` is an opaque key of what is to happen next, such as ``hold:K3…``. It is paid when
    the gateway says so, or when staff record that the practice was paid. Paid is for good: what
    is given back is a refund of its own.
    """

    class Item(models.TextChoices):
        CREDITS = "credits", _("session credits")
        PLAN = "plan", _("plan")
        FEE = "fee", _("late fee")

    class State(models.TextChoices):
        OPEN = "open", _("waiting for payment")
        PAID = "paid", _("paid")
        CLOSED = "closed", _("not paid")

    class Way(models.TextChoices):
        STRIPE = "stripe", _("by card")
        PRACTICE = "practice", _("paid to the practice")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="purchases")
    buyer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=7, choices=Item.choices)
    count = models.PositiveSmallIntegerField(default=1)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="+")
    fee = models.ForeignKey(LateFee, on_delete=models.PROTECT, null=True, related_name="purchases")
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    way = models.CharField(max_length=8, choices=Way.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    for_key = models.CharField(max_length=80, default="", blank=True)
    opened_at = models.DateTimeField()
    # Until then the gateway takes the payment.
    open_until = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    # The gateway's page for it, and the payment itself.
    checkout_key = models.CharField(max_length=255, default="", blank=True)
    checkout_url = models.TextField(default="", blank=True)
    payment_key = models.CharField(max_length=255, default="", blank=True)
    # Of a payment to the practice: who recorded it, and how it was paid.
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["room", "-id"], name="purchase_by_room")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed"], paid_at=None)
                | Q(state="paid", paid_at__isnull=False),
                name="purchase_paid_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(item="credits", plan__isnull=False, fee=None, count__gte=1)
                | Q(item="plan", plan__isnull=False, fee=None, count=1)
                | Q(item="fee", plan=None, fee__isnull=False, count=1),
                name="purchase_of_something",
            ),
            models.CheckConstraint(
                condition=Q(way="stripe", recorded_by=None, amount_minor__gt=0)
                | Q(way="practice", recorded_by__isnull=False),
                name="purchase_paid_some_way",
            ),
            models.UniqueConstraint(
                fields=["fee"],
                condition=Q(state="open", fee__isnull=False),
                name="purchase_one_open_for_a_fee",
            ),
            models.UniqueConstraint(
                fields=["checkout_key"], condition=~Q(checkout_key=""), name="purchase_by_checkout"
            ),
            models.UniqueConstraint(
                fields=["payment_key"], condition=~Q(payment_key=""), name="purchase_by_payment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.code}"

    @property
    def key(self) -> str:
        """The opaque key by which events name this purchase."""
        return f"purchase:{self.code}"

    @property
    def lot_cause(self) -> str:
        """The cause under which its credits stand in the ledger."""
        return f"buy:{self.code}"


class Refund(models.Model):
    """Money of a purchase that goes back, at most once for each purchase.

    ``credits`` is how many unused credits it took out of the ledger. One that the gateway refused
    is asked for again, or given back by other ways: the client has a right to it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("on its way")
        DONE = "done", _("given back")
        FAILED = "failed", _("failed")

    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="refund")
    amount_minor = models.PositiveIntegerField()
    credits = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "failed"], done_at=None)
                | Q(state="done", done_at__isnull=False),
                name="refund_done_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"refund of {self.purchase_id}"


class Subscription(models.Model):
    """A plan that the gateway renews each period for a room, until it is stopped."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="subscriptions")
    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="subscription")
    gateway_key = models.CharField(max_length=255, unique=True)
    # It is not renewed any more; the room stays covered until what is paid is over.
    stopped_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(ended_at=None), name="subscription_one_for_a_room"
            ),
        ]

    def __str__(self) -> str:
        return f"subscription of {self.room_id}"


class SavedMethod(models.Model):
    """Somebody's saved way to pay, by the gateway's keys; ``label`` such as "Visa •• 4242"."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="saved_method")
    customer_key = models.CharField(max_length=255)
    method_key = models.CharField(max_length=255)
    label = models.CharField(max_length=60)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label


class FeeConsent(models.Model):
    """That somebody agreed, when booking, to have a late fee charged to their saved method.

    ``key`` is the opaque key of what was booked; without a row nothing is charged by itself.
    """

    key = models.CharField(max_length=80, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    method_label = models.CharField(max_length=60)
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    agreed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"consent for {self.key}"


class GatewayNotice(models.Model):
    """A notice of the gateway that was heard: the same one again changes nothing."""

    key = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=60)
    heard_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


# Notices are repeated for days, not for ever.
NOTICES_KEPT_FOR = dt.timedelta(days=60)
