from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "alcove.practice"
    default_auto_field = "django.db.models.BigAutoField"
