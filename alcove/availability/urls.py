"""Addresses of a provider's working hours, under /hours/."""

from django.urls import path

from alcove.availability import views

app_name = "availability"
urlpatterns = [
    path("", views.Hours.as_view(), name="hours"),
    path("now/", views.AvailableNow.as_view(), name="available_now"),
    path("weekly/", views.AddWeekly.as_view(), name="add_weekly"),
    path("weekly/<int:rule_id>/", views.ChangeWeekly.as_view(), name="change_weekly"),
    path("weekly/<int:rule_id>/remove/", views.RemoveWeekly.as_view(), name="remove_weekly"),
    path("dates/", views.AddOverride.as_view(), name="add_override"),
    path("dates/<int:override_id>/remove/", views.RemoveOverride.as_view(), name="remove_override"),
    path("time-off/", views.AddTimeOff.as_view(), name="add_time_off"),
    path(
        "time-off/<int:time_off_id>/remove/", views.RemoveTimeOff.as_view(), name="remove_time_off"
    ),
    path("settings/", views.ChangeSettings.as_view(), name="change_settings"),
]
