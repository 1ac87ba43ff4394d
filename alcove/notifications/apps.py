from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "alcove.notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself: the receivers, the sending job, the carriers."""
        from alcove.notifications import (  # noqa: PLC0415 - register
            desk,  # noqa: F401
            push,  # noqa: F401
            smtp,  # noqa: F401
            vapid,  # noqa: F401
        )
        from alcove.notifications.actions import (  # noqa: PLC0415 - register
            nudge,  # noqa: F401
            remind,  # noqa: F401
            send_delivery,  # noqa: F401
        )
        from alcove.notifications.receivers import (  # noqa: PLC0415 - register
            bookings,  # noqa: F401
            cards,  # noqa: F401
            messages,  # noqa: F401
            payments,  # noqa: F401
            people,  # noqa: F401
            reminders,  # noqa: F401
            rooms,  # noqa: F401
            support,  # noqa: F401
            times,  # noqa: F401
        )
