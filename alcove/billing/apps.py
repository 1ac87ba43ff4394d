from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "alcove.billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alcove.billing.actions import (  # noqa: PLC0415 - register their jobs
            checkout,  # noqa: F401
            forget_method,  # noqa: F401
            grant_credits,  # noqa: F401
            hear,  # noqa: F401
            late_fees,  # noqa: F401
            refund,  # noqa: F401
            reprice,  # noqa: F401
            stop_plan,  # noqa: F401
        )
