"""Who holds a socket, and whether a handshake comes from our own pages."""

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from alcove.people.models import Person

Scope = dict[str, Any]


def header(scope: Scope, name: bytes) -> str:
    """The header of the handshake; empty when it is not there."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def is_own_origin(scope: Scope) -> bool:
    """Whether the handshake comes from a page of this very site (RFC 6455 section 10.2).

    Browsers let every site open a socket to ours with our cookies: the origin is the defence.
    """
    host = header(scope, b"host")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    own = f"{'https' if settings.OVER_TLS else 'http'}://{host}"
    origin = urlsplit(header(scope, b"origin"))
    return f"{origin.scheme}://{origin.netloc}".lower() == own.lower()


def session_key(scope: Scope) -> str:
    """The key of the sign-in session in the handshake's cookies; empty when there is none."""
    try:
        cookies = SimpleCookie(header(scope, b"cookie"))
    except CookieError:
        return ""
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""


def person_of(key: str) -> Person | None:
    """Who is signed in by this session now; asked again later, it sees a sign-out."""
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    return user if isinstance(user, Person) and user.is_active else None
