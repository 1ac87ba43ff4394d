"""Addresses of booking, under /schedule/."""

from django.urls import path

from alcove.booking.views import appointment, requests, schedule, wizard

app_name = "booking"
urlpatterns = [
    path("", schedule.Schedule.as_view(), name="schedule"),
    path("new/", wizard.New.as_view(), name="new"),
    path("new/<str:room>/", wizard.NewType.as_view(), name="new_type"),
    path("new/<str:room>/time/", wizard.NewTime.as_view(), name="new_time"),
    path("review/<str:hold>/", wizard.Review.as_view(), name="review"),
    path("move/<str:hold>/", appointment.ReviewMove.as_view(), name="review_move"),
    path("requests/", requests.Requests.as_view(), name="requests"),
    path("requests/<str:code>/", requests.Answer.as_view(), name="request"),
    path("<str:code>/", appointment.Show.as_view(), name="appointment"),
    path("<str:code>/reschedule/", appointment.Reschedule.as_view(), name="reschedule"),
    path("<str:code>/cancel/", appointment.Cancel.as_view(), name="cancel"),
]
