from django.apps import AppConfig


class RoomsConfig(AppConfig):
    name = "alcove.rooms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alcove.rooms import receivers  # noqa: F401, PLC0415 - registers
