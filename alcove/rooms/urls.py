"""Addresses of rooms, under /rooms/."""

from django.urls import path

from alcove.rooms.views import lists, room

app_name = "rooms"
urlpatterns = [
    path("", lists.RoomList.as_view(), name="list"),
    path("search/", lists.Search.as_view(), name="search"),
    path("<str:code>/", room.RoomPage.as_view(), name="room"),
    path("<str:code>/lines/", room.lines, name="lines"),
    path("<str:code>/read/", room.read, name="read"),
    path("<str:code>/files/<str:file>/", room.attachment, name="attachment"),
    path("<str:code>/draft/", room.draft, name="draft"),
]
