"""Addresses about the signed-in person, and the one-time sign-in link."""

from django.urls import path

from alcove.people import views

app_name = "people"
urlpatterns = [
    path("", views.Settings.as_view(), name="settings"),
    path("zone/", views.SwitchZone.as_view(), name="switch_zone"),
    path("welcome/<str:token>/", views.Welcome.as_view(), name="welcome"),
    path("enter/<str:token>/", views.EnterByLink.as_view(), name="enter"),
]
