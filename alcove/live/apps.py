from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "alcove.live"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let events and jobs find what reacts to them."""
        from alcove.live import (  # noqa: PLC0415 - they register
            bell,  # noqa: F401
            checks,  # noqa: F401
            desk,  # noqa: F401
            membership,  # noqa: F401
            receivers,  # noqa: F401
        )
        from alcove.live.actions import settle  # noqa: F401, PLC0415 - registers its jobs
