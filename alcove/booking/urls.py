"""Addresses of booking, under /schedule/."""

from django.urls import path

from alcove.booking.views import (
    appointment,
    find_time,
    offer_times,
    offline,
    requests,
    rings,
    schedule,
    start_now,
    wizard,
)

app_name = "booking"
urlpatterns = [
    path("", schedule.Schedule.as_view(), name="schedule"),
    path("offline/", offline.Offline.as_view(), name="offline"),
    path("new/", wizard.New.as_view(), name="new"),
    path("new/<str:room>/", wizard.NewType.as_view(), name="new_type"),
    path("new/<str:room>/time/", wizard.NewTime.as_view(), name="new_time"),
    path("new/<str:room>/now/", start_now.StartNow.as_view(), name="start_now"),
    path("new/<str:room>/share/", find_time.ShareTimes.as_view(), name="share_times"),
    path("times/<str:code>/", find_time.Exchange.as_view(), name="proposal"),
    path("offer/<str:room>/", offer_times.OfferTimes.as_view(), name="offer_times"),
    path("ringing/<str:code>/", start_now.Ringing.as_view(), name="ringing"),
    path("rings/<str:code>/", rings.AnswerRing.as_view(), name="ring"),
    path("rings/<str:code>/state/", rings.state, name="ring_state"),
    path("bell/", rings.bell, name="bell"),
    path("review/<str:hold>/", wizard.Review.as_view(), name="review"),
    path("review/<str:hold>/pay/", wizard.Pay.as_view(), name="pay"),
    path("move/<str:hold>/", appointment.ReviewMove.as_view(), name="review_move"),
    path("requests/", requests.Requests.as_view(), name="requests"),
    path("requests/<str:code>/", requests.Answer.as_view(), name="request"),
    path("<str:code>/", appointment.Show.as_view(), name="appointment"),
    path("<str:code>/reschedule/", appointment.Reschedule.as_view(), name="reschedule"),
    path("<str:code>/cancel/", appointment.Cancel.as_view(), name="cancel"),
]
