"""Headers for every answer, and the page for a refused GET."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alcove.core.errors import DomainError

GetResponse = Callable[[HttpRequest], HttpResponse]

# Camera and microphone stay closed everywhere but on the live page.
PERMISSIONS = "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()"


# The longest form is a message of some thousand characters; ``settings.UPLOADS`` has the rest.
LARGEST_BODY = 1_000_000


def largest_body(request: HttpRequest) -> int:
    """How many bytes a request to this address may bring."""
    if not request.headers.get("Content-Type", "").startswith("multipart/form-data"):
        return LARGEST_BODY
    larger = [most for start, most in settings.UPLOADS.items() if request.path.startswith(start)]
    return max([LARGEST_BODY, *larger])


def readable_forms_only(get_response: GetResponse) -> GetResponse:
    """Refuse bodies that are too large, or in a charset other than UTF-8, before they are read.

    Django would decode a form by whatever codec the request names, and fail outside the handler
    that answers errors.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.strip().lower() not in {"utf-8", "utf8"}:
            return HttpResponse("Send forms in UTF-8.", status=415, content_type="text/plain")
        length = request.headers.get("Content-Length", "0") or "0"
        if not length.isdecimal() or int(length) > largest_body(request):
            return HttpResponse("That is too large.", status=413, content_type="text/plain")
        return get_response(request)

    return middleware


def headers(get_response: GetResponse) -> GetResponse:
    """Add the headers that no view may forget; signed-in pages are never stored."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class DomainErrorPages:
    """The one translator of the pages' edge for errors that no form stands ready to show."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a DomainError with a page that says what happened, in its own status."""
        if not isinstance(exception, DomainError):
            return None
        template = "404.html" if exception.http_status == 404 else "refused.html"
        return render(request, template, {"error": exception}, status=exception.http_status)
