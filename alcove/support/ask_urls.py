"""Asking the practice for help, under /support/."""

from django.urls import path

from alcove.support.views import ask

app_name = "ask"
urlpatterns = [
    path("", ask.Ask.as_view(), name="form"),
    path("<str:code>/", ask.One.as_view(), name="one"),
]
