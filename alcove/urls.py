"""Every address of the product."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import include, path
from django.utils.translation import get_language
from django.views.generic import RedirectView

from alcove import web_app
from alcove.live.views.problems import Problems
from alcove.people import crisis as crisis_words
from alcove.practice.views import look, own_data
from alcove.practice.views.first_steps import SetUp


def crisis(request: HttpRequest) -> HttpResponse:
    """Where to find help at once; needs no session, database or script."""
    # Without the request: no context processor may ask the database.
    words = crisis_words.read()
    context = {"words": words, "own_text": words.text_in(get_language() or "en")}
    return HttpResponse(render_to_string("crisis.html", context))


def health(request: HttpRequest) -> HttpResponse:
    """Answer that the process serves; for balancers and tests."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="booking:schedule"), name="home"),
    path("crisis/", crisis, name="crisis"),
    path("healthz", health, name="health"),
    path("offline/", web_app.offline, name="offline"),
    path("manifest.webmanifest", web_app.manifest, name="manifest"),
    path("sw.js", web_app.service_worker, name="service_worker"),
    path("help/", include("alcove.guides.urls")),
    path("schedule/", include("alcove.booking.urls")),
    path("hours/", include("alcove.availability.urls")),
    path("rooms/", include("alcove.rooms.urls")),
    path("calendar/", include("alcove.calendars.urls")),
    path("live/", include("alcove.live.urls")),
    path("setup/<str:token>/", SetUp.as_view(), name="set_up"),
    path("look/<str:light>-<str:dark>.css", look.colours, name="look_colours"),
    path("look/logo/<str:digest>/", look.logo, name="look_logo"),
    path("plan/", include("alcove.booking.plan_urls")),
    path("payments/", include("alcove.billing.urls")),
    path("practice/", include("alcove.practice.urls")),
    path("support/", include("alcove.support.ask_urls")),
    path("staff/", include("alcove.support.desk_urls")),
    path("staff/rooms/", include("alcove.booking.staff_urls")),
    path("staff/problems/", Problems.as_view(), name="problems"),
    path("staff/disputes/", include("alcove.support.urls")),
    path("staff/outbox/", include("alcove.notifications.urls")),
    path("news/", include("alcove.notifications.own_urls")),
    path("you/devices/", include("alcove.notifications.device_urls")),
    path("you/data/", own_data.OwnData.as_view(), name="own_data"),
    path("you/data/take-back/", own_data.TakeBack.as_view(), name="own_data_take_back"),
    path("you/data/my-data.zip", own_data.DownloadOwnData.as_view(), name="own_data_file"),
    path("you/", include("alcove.people.urls")),
    path("account/", include("alcove.people.account_urls")),
]
