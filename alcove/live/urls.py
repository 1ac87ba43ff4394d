"""Addresses of the live room, under /live/."""

from django.urls import path

from alcove.live.views import attendance, session

app_name = "live"
urlpatterns = [
    path("<str:code>/", session.Session.as_view(), name="session"),
    path("<str:code>/left/", session.left, name="left"),
    path("<str:code>/attendance/", attendance.Attendance.as_view(), name="attendance"),
    path("<str:code>/missed/", attendance.MarkMissed.as_view(), name="mark_missed"),
    path("<str:code>/dispute/", attendance.Dispute.as_view(), name="dispute"),
]
