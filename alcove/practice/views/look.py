"""How the practice looks to everybody: its colours and its logo, for pages and sign-in alike."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from alcove.core.errors import NotFound
from alcove.people.colours import stylesheet
from alcove.people.models import Practice, PracticeLogo

# The address changes with what it shows.
FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def colours(request: HttpRequest, light: str, dark: str) -> HttpResponse:
    """The stylesheet with the practice's accents; NotFound for any other colours."""
    practice = Practice.load()
    if not practice.has_accent or (practice.accent_light, practice.accent_dark) != (
        f"#{light}",
        f"#{dark}",
    ):
        raise NotFound
    response = HttpResponse(stylesheet(f"#{light}", f"#{dark}"), content_type="text/css")
    response.headers["Cache-Control"] = FOR_GOOD
    return response


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The logo with this digest; NotFound where there is none, or another one."""
    found = PracticeLogo.objects.first()
    if found is None or Practice.load().logo_digest != digest:
        raise NotFound
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response.headers["Cache-Control"] = FOR_GOOD
    # A picture by its bytes, and nothing but a picture whoever opens it.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
