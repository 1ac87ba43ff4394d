"""The support desk, under /staff/."""

from django.urls import path

from alcove.support.views import (
    audit,
    behalf,
    health,
    home,
    people,
    requests,
    rooms,
    sessions,
)

app_name = "desk"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("requests/", requests.Requests.as_view(), name="requests"),
    path("requests/<str:code>/", requests.Request.as_view(), name="request"),
    path("health/", health.Health.as_view(), name="health"),
    path("audit/", audit.Audit.as_view(), name="audit"),
    path("people/<int:person>/", people.PersonPage.as_view(), name="person"),
    path("rooms/<str:room>/", rooms.RoomPage.as_view(), name="room"),
    path("rooms/<str:room>/book/", behalf.BookType.as_view(), name="book_type"),
    path("rooms/<str:room>/book/time/", behalf.BookTime.as_view(), name="book_time"),
    path("holds/<str:hold>/", behalf.Book.as_view(), name="book"),
    path("holds/<str:hold>/move/", behalf.ReviewMove.as_view(), name="review_move"),
    path("sessions/<str:code>/", sessions.SessionPage.as_view(), name="session"),
    path("sessions/<str:code>/move/", behalf.Move.as_view(), name="move"),
    path("sessions/<str:code>/cancel/", behalf.Cancel.as_view(), name="cancel"),
]
