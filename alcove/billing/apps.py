from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "alcove.billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alcove.billing.actions import grant_credits  # noqa: F401, PLC0415 - registers its job
