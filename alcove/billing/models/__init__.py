"""Plans, coverage, the ledger of session credits, and payments."""

from alcove.billing.models.credits import CreditEntry
from alcove.billing.models.payments import (
    NOTICES_KEPT_FOR,
    FeeConsent,
    GatewayNotice,
    LateFee,
    Purchase,
    Refund,
    SavedMethod,
    Subscription,
)
from alcove.billing.models.plans import Entitlement, LateRule, Plan

__all__ = [
    "NOTICES_KEPT_FOR",
    "CreditEntry",
    "Entitlement",
    "FeeConsent",
    "GatewayNotice",
    "LateFee",
    "LateRule",
    "Plan",
    "Purchase",
    "Refund",
    "SavedMethod",
    "Subscription",
]
