"""Addresses of the live room, under /live/."""

from django.urls import path

from alcove.live.views import session

app_name = "live"
urlpatterns = [
    path("<str:code>/", session.Session.as_view(), name="session"),
    path("<str:code>/left/", session.left, name="left"),
]
