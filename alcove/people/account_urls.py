"""Sign-in and its means, from allauth; without public sign-up."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
