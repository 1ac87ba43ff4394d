"""A person's own devices, under /you/devices/."""

from django.urls import path

from alcove.notifications.views import devices

app_name = "devices"
urlpatterns = [
    path("", devices.Devices.as_view(), name="list"),
    path("add/", devices.AddDevice.as_view(), name="add"),
    path("<int:device>/test/", devices.PushTest.as_view(), name="test"),
    path("<int:device>/remove/", devices.RemoveDevice.as_view(), name="remove"),
]
