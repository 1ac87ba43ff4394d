"""Staff's outbox, under /staff/outbox/."""

from django.urls import path

from alcove.notifications.views import outbox

# It is one of staff's pages by name. It lives here, above the support app, for it shows this
# app's rows and imports point down only.
app_name = "support"
urlpatterns = [
    path("", outbox.Outbox.as_view(), name="outbox"),
    path("<int:delivery>/", outbox.Letter.as_view(), name="letter"),
    path("<int:delivery>/session.ics", outbox.LetterCalendar.as_view(), name="letter_calendar"),
]
