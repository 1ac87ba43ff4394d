"""The shape of the desk's pages: staff only, and every look is on record."""

import datetime as dt
from typing import Any, ClassVar, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from alcove.core import clock
from alcove.people.access import require_staff
from alcove.people.actions.record_look import record_look
from alcove.people.models import Person


class LookPage(LoginRequiredMixin, View):
    """A page that shows staff something. Subclasses write ``find``, ``subject`` and ``context``."""

    template_name: ClassVar[str]
    now: dt.datetime
    staff: Person

    def find(self, **kwargs: Any) -> None:
        """Fetch what the page is about; NotFound where there is none."""

    def subject(self) -> str:
        """The key of what is looked at, for the audit log; empty where nobody's data is shown."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What the template needs."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Put the look on record, then show the page."""
        self.now = clock.now()
        self.staff = cast(Person, request.user)
        require_staff(self.staff)
        self.find(**kwargs)
        if subject := self.subject():
            record_look(actor=self.staff, subject=subject, now=self.now)
        return render(request, self.template_name, {"now": self.now, **self.context()})
