from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "alcove.support"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the desk find what waits."""
        from alcove.support import waiting  # noqa: F401, PLC0415 - registers
