"""Ways to be paid by card: what a gateway does for us, and which one is set up."""

from django.conf import settings

from alcove.billing.payments.gateway import Gateway


def gateway() -> Gateway | None:
    """The gateway that the settings name; None: the practice is paid by other ways."""
    if not settings.STRIPE_SECRET_KEY:
        return None
    # An extra: who is paid by other ways has no need of its library.
    from alcove.billing.payments.stripe_gateway import StripeGateway  # noqa: PLC0415

    return StripeGateway(
        secret=settings.STRIPE_SECRET_KEY,
        webhook_secret=settings.STRIPE_WEBHOOK_SECRET,
        api=settings.STRIPE_API,
    )
