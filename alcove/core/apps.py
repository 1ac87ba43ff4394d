from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "alcove.core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alcove.core import checks, events, idempotency  # noqa: F401, PLC0415 - registers
