from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "alcove.practice"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alcove.practice.actions import exchange_file  # noqa: F401, PLC0415 - register its job
