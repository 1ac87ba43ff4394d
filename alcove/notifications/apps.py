from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "alcove.notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Register the receivers and the sending job.
        from alcove.notifications import receivers  # noqa: F401, PLC0415 - registers
        from alcove.notifications.actions import send_delivery  # noqa: F401, PLC0415 - registers
