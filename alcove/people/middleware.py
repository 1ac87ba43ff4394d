"""Each request speaks the language and shows the times of the person who makes it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from alcove.people.models import Person

GetResponse = Callable[[HttpRequest], HttpResponse]

# These must answer when the database does not, so nobody asks who is signed in.
FOR_EVERYBODY = frozenset({"/crisis/", "/healthz"})


# Whom an answer is for, by a mark that says nothing else: what a device keeps for one person is
# forgotten when another is seen (static/js/service_worker.js).
READER = "Alcove-Reader"
NOBODY = "nobody"


def reader_mark(person: Person) -> str:
    """The same for each visit of this person, and of no use elsewhere."""
    return salted_hmac("alcove.reader", str(person.pk), algorithm="sha256").hexdigest()[:32]


def zone_and_language(get_response: GetResponse) -> GetResponse:
    """Activate the signed-in person's zone and language; others keep the browser's language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in FOR_EVERYBODY:
            return get_response(request)
        person = request.user
        if not person.is_authenticated:
            timezone.deactivate()
            response = get_response(request)
            response.headers[READER] = NOBODY
            return response
        with timezone.override(person.zone), translation.override(person.language):
            response = get_response(request)
            # A guide may be read in another one.
            response.headers.setdefault("Content-Language", person.language)
            response.headers[READER] = reader_mark(person)
            return response

    return middleware
