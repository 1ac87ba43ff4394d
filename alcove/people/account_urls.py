"""Sign-in and its means, from allauth; without public sign-up or changing addresses."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from alcove.core.errors import NotFound


def closed(request: HttpRequest) -> HttpResponse:
    """Answer as a page that does not exist."""
    raise NotFound


urlpatterns = [
    # The practice sets addresses. A person who could add one might claim somebody's who is yet
    # to be invited, and codes mailed to that address would open the wrong account.
    path("email/", closed, name="account_closed"),
    path("", include("allauth.urls")),
]
