from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "alcove.booking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alcove.booking import card_acts  # noqa: F401, PLC0415 - registers what cards offer
        from alcove.booking.actions import (  # noqa: PLC0415 - register jobs
            complete,  # noqa: F401
            lapse,  # noqa: F401
            lapse_ring,  # noqa: F401
            no_show,  # noqa: F401
        )
