"""The pages of booking as tests come to them."""

from django.urls import reverse

from alcove.rooms.models import Room
from tests.cast import at

MARCH_4_AT_10 = at(4, 9)


def time_url(room: Room, query: str = "") -> str:
    """Where a time is chosen in this room."""
    return reverse("booking:new_time", args=[room.code]) + query
