from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "alcove.people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from alcove.people import sign_ins  # noqa: F401, PLC0415 - registers its job
