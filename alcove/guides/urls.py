"""Addresses of help, under /help/; with a language before the rest, in that one."""

from django.urls import path, register_converter

from alcove.guides import views
from alcove.guides.library import LANGUAGES


class Language:
    """A language in which there are guides."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Language, "guide_language")

app_name = "guides"
urlpatterns = [
    path("", views.shelf, name="list"),
    path("<guide_language:language>/", views.shelf, name="list_in"),
    path("<slug:slug>/", views.show, name="guide"),
    path("<guide_language:language>/<slug:slug>/", views.show, name="guide_in"),
]
