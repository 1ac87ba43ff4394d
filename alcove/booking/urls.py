"""Addresses of booking, under /schedule/."""

from django.urls import path
from django.views.generic import TemplateView

app_name = "booking"
urlpatterns = [
    path("", TemplateView.as_view(template_name="base.html"), name="schedule"),
    path("requests/", TemplateView.as_view(template_name="base.html"), name="requests"),
]
