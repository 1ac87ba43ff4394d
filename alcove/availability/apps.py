from django.apps import AppConfig


class AvailabilityConfig(AppConfig):
    name = "alcove.availability"
    default_auto_field = "django.db.models.BigAutoField"
