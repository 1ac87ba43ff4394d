"""Staff's outbox, under /staff/outbox/."""

from django.urls import path

from alcove.notifications import views

# It is one of staff's pages by name. It lives here, above the support app, for it shows this
# app's rows and imports point down only.
app_name = "support"
urlpatterns = [
    path("", views.Outbox.as_view(), name="outbox"),
    path("<int:delivery>/", views.Letter.as_view(), name="letter"),
    path("<int:delivery>/session.ics", views.LetterCalendar.as_view(), name="letter_calendar"),
]
