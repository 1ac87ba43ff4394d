"""Addresses for the gateway, under /payments/."""

from django.urls import path

from alcove.billing.views import StripeNotice

app_name = "payments"
urlpatterns = [path("stripe/", StripeNotice.as_view(), name="stripe")]
