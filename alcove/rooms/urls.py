"""Addresses of rooms, under /rooms/."""

from django.urls import path

from alcove.rooms import views

app_name = "rooms"
urlpatterns = [
    path("", views.RoomList.as_view(), name="list"),
    path("<str:code>/", views.RoomPage.as_view(), name="room"),
]
