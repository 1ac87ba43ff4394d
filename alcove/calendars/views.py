"""Add to calendar (R8): a file for Apple and every other, links for Google and Outlook."""

from collections.abc import Callable
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from alcove.booking.access import appointment_for
from alcove.calendars.entries import entry_now
from alcove.calendars.ics import Entry, session_ics
from alcove.calendars.links import google_link, microsoft365_link, outlook_link
from alcove.core import clock
from alcove.people.models import Person

FILE_NAME = "session.ics"


def calendar_file(text: str, *, method: str) -> HttpResponse:
    """A calendar text as a download with a neutral name."""
    response = HttpResponse(text, content_type=f"text/calendar; charset=utf-8; method={method}")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


@login_required
def ics(request: HttpRequest, code: str) -> HttpResponse:
    """The session as a file; NotFound for everybody outside its room."""
    appointment = appointment_for(cast(Person, request.user), code)
    entry = entry_now(appointment, now=clock.now())
    return calendar_file(session_ics(entry, method="PUBLISH"), method="PUBLISH")


def _goes_to(link: Callable[[Entry], str]) -> Callable[..., HttpResponse]:
    @login_required
    def view(request: HttpRequest, code: str) -> HttpResponse:
        appointment = appointment_for(cast(Person, request.user), code)
        if not appointment.is_active:
            # A session that is over is put into no calendar; its page says what became of it.
            return HttpResponseRedirect(reverse("booking:appointment", args=[code]))
        return HttpResponseRedirect(link(entry_now(appointment, now=clock.now())))

    return view


google = _goes_to(google_link)
outlook = _goes_to(outlook_link)
microsoft365 = _goes_to(microsoft365_link)
