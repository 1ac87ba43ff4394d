"""What lets a phone take the product for an app: manifest, service worker, offline page.

None of the three says anything about anybody but the practice's name.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alcove.people import crisis
from alcove.people.models import Practice

# What stands under the icon on a home screen that others see: no word of the practice's name.
SHORT_NAME = "Alcove"
# The paper of css/tokens.css: a manifest knows one, pages tell both.
PAPER = "#faf6ef"

SOURCE = Path(settings.BASE_DIR) / "static" / "js" / "service_worker.js"


def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest (W3C), in the reader's language."""
    response = JsonResponse(
        {
            "id": "/",
            "name": Practice.load().name,
            "short_name": SHORT_NAME,
            "lang": get_language(),
            "start_url": reverse("booking:schedule"),
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
                *(
                    {
                        "src": static(f"img/icon{shape}-{size}.png"),
                        "sizes": f"{size}x{size}",
                        "type": "image/png",
                        "purpose": purpose,
                    }
                    for shape, purpose in (("", "any"), ("-maskable", "maskable"))
                    for size in (192, 512)
                ),
            ],
        },
        content_type="application/manifest+json",
    )
    response["Cache-Control"] = "max-age=3600"
    return response


def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker from the root, so that all pages are in its scope, after what it is about.

    Its bytes change with the styles and texts that it keeps: browsers then install it anew.
    """
    source = _source()
    offline = reverse("offline")
    parts = {
        "shell": [offline, reverse("crisis"), static("css/app.css"), static("img/favicon.svg")],
        "offline": offline,
        "snapshot": reverse("booking:offline"),
        "renewing": [reverse("booking:schedule")],
        "signOut": reverse("account_logout"),
        "keptSeconds": settings.SESSION_COOKIE_AGE,
        "icon": static("img/icon-192.png"),
        "badge": static("img/badge-96.png"),
        "news": _("You have news"),
        "language": get_language(),
        # The crisis page is kept, too: it is fetched anew when the practice's words change.
        "crisis": hashlib.sha256(repr(crisis.read()).encode()).hexdigest()[:12],
    }
    seal = hashlib.sha256((json.dumps(parts, sort_keys=True) + source).encode()).hexdigest()
    head = f"globalThis.PARTS = {json.dumps({'version': seal[:12], **parts})};\n"
    response = HttpResponse(head + source, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def offline(request: HttpRequest) -> HttpResponse:
    """What is shown where there is no connection; kept by the worker."""
    return render(request, "offline.html")


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")
