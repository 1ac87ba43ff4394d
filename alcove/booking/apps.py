from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "alcove.booking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alcove.booking import (  # noqa: PLC0415 - register what cards offer, who follows
            card_acts,  # noqa: F401
            membership,  # noqa: F401
        )
        from alcove.booking.actions import (  # noqa: PLC0415 - register jobs, who follows
            complete,  # noqa: F401
            lapse,  # noqa: F401
            lapse_ring,  # noqa: F401
            no_show,  # noqa: F401
            pay,  # noqa: F401
            settle_proposals,  # noqa: F401
        )
