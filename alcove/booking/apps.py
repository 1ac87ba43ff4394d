from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "alcove.booking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alcove.booking.actions import complete, lapse  # noqa: F401, PLC0415 - register jobs
