"""Each request speaks the language and shows the times of the person who makes it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

GetResponse = Callable[[HttpRequest], HttpResponse]

# These must answer when the database does not, so nobody asks who is signed in.
FOR_EVERYBODY = frozenset({"/crisis/", "/healthz"})


def zone_and_language(get_response: GetResponse) -> GetResponse:
    """Activate the signed-in person's zone and language; others keep the browser's language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in FOR_EVERYBODY:
            return get_response(request)
        person = request.user
        if not person.is_authenticated:
            timezone.deactivate()
            return get_response(request)
        with timezone.override(person.zone), translation.override(person.language):
            response = get_response(request)
            response.headers["Content-Language"] = person.language
            return response

    return middleware
