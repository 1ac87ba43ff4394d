"""Somebody's browser without a browser: Django's test client, and the words of a page."""

import re

from django.http.response import HttpResponseBase
from django.test import Client

from alcove.people.models import Person


def signed_in(person: Person) -> Client:
    """A client in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def text_of(response: HttpResponseBase) -> str:
    """The page's words, without tags, with single spaces."""
    body = re.sub(r"<[^>]+>", " ", getattr(response, "content", b"").decode())
    return re.sub(r"\s+", " ", body.replace("&#x27;", "'").replace("&quot;", '"'))
