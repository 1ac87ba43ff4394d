"""Addresses of calendars, under /calendar/."""

from django.urls import path

from alcove.calendars import views

app_name = "calendars"
urlpatterns = [
    path("<str:code>/session.ics", views.ics, name="ics"),
    path("<str:code>/google/", views.google, name="google"),
    path("<str:code>/outlook/", views.outlook, name="outlook"),
    path("<str:code>/microsoft365/", views.microsoft365, name="microsoft365"),
]
