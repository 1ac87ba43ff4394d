"""Who may see a purchase: whoever buys; to everybody else it does not exist."""

from typing import Any

from alcove.billing.models import Purchase
from alcove.core.errors import NotFound


def purchase_for(person: Any, code: str) -> Purchase:
    """The purchase with this code, for its buyer; else NotFound."""
    found = Purchase.objects.filter(code=code, buyer=person).select_related("room", "buyer", "plan")
    purchase = found.first()
    if purchase is None:
        raise NotFound
    return purchase
