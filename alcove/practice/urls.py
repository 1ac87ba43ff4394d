"""The practice's own pages under /practice/, for admins."""

from django.urls import path

from alcove.practice.views import home, reasons, settings

app_name = "practice"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("settings/", settings.Settings.as_view(), name="settings"),
    path("reasons/", reasons.Reasons.as_view(), name="reasons"),
    path("reasons/<int:pk>/", reasons.RenameReason.as_view(), name="rename_reason"),
    path("reasons/<int:pk>/raise/", reasons.RaiseReason.as_view(), name="raise_reason"),
    path("reasons/<int:pk>/retire/", reasons.RetireReason.as_view(), name="retire_reason"),
    path("reasons/<int:pk>/back/", reasons.BringBackReason.as_view(), name="bring_back_reason"),
]
