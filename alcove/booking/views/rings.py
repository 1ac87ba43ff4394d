"""A provider hears a ring and answers it (R16)."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alcove.booking import display
from alcove.booking.access import require_provider, ring_for
from alcove.booking.actions.accept_ring import accept_ring
from alcove.booking.actions.decline_ring import decline_ring
from alcove.booking.desk import ring_at
from alcove.booking.models import Ring
from alcove.booking.views.start_now import state_of
from alcove.core import clock
from alcove.core.errors import DomainError, NotAllowed
from alcove.core.pages import ActionPage
from alcove.people.models import Person


class AnswerRingForm(forms.Form):
    """Yes or no."""

    answer = forms.ChoiceField(
        choices=[("accept", "accept"), ("decline", "decline")], widget=forms.HiddenInput
    )


class AnswerRing(ActionPage):
    """Who rings, for what, and how long there is to answer."""

    template_name = "booking/ring.html"
    form_class = AnswerRingForm

    def load(self, **kwargs: Any) -> None:
        """The ring, for its provider; NotFound for strangers, NotAllowed for its clients."""
        self.person = cast(Person, self.request.user)
        self.ring = ring_for(self.person, kwargs["code"])
        require_provider(self.person, self.ring)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, or go to the session that it became."""
        if self.ring.became is not None:
            return HttpResponseRedirect(reverse("live:session", args=[self.ring.became.code]))
        return super().get(request, *args, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Answer; a yes leads into the session."""
        code = self.ring.code
        if form.cleaned_data["answer"] == "accept":
            appointment = accept_ring(actor=self.person, code=code, now=self.now)
            return reverse("live:session", args=[appointment.code])
        decline_ring(actor=self.person, code=code, now=self.now)
        messages.success(self.request, _("Declined. The client is told and nothing was spent."))
        return reverse("booking:schedule")

    def refuse(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """Show the ring as it is now: somebody may have settled it meanwhile."""
        self.load(**self.kwargs)
        return super().refuse(form, error)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The ring in words."""
        return {
            "ring": self.ring,
            "what": display.session_words(self.ring.modality, self.ring.length_minutes),
            "is_open": self.ring.is_open_at(self.now),
            "answer": state_of(self.ring, self.now),
        }


@login_required
@require_GET
def state(request: HttpRequest, code: str) -> HttpResponse:
    """How a ring stands, for its waiting page and its provider's: JSON of ``state`` and ``url``.

    ``url`` leads on when it is over. NotFound for people who are not in its room.
    """
    person = cast(Person, request.user)
    ring = ring_for(person, code)
    page = "booking:ring" if person.pk == ring.provider_id else "booking:ringing"
    url = (
        reverse("live:session", args=[ring.became.code])
        if ring.became is not None
        else reverse(page, args=[ring.code])
    )
    return JsonResponse({"state": state_of(ring, clock.now()), "url": url})


@login_required
@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """Who rings the provider at this moment: JSON of ``ring``, null for nobody.

    Asked every few seconds by each open page: one statement besides those of the sign-in.
    NotAllowed for people who are no providers.
    """
    provider = cast(Person, request.user)
    if not provider.is_provider:
        raise NotAllowed
    now = clock.now()
    ring = ring_at(provider, now)
    return JsonResponse({"ring": ring and ring_words(ring, now)})


def ring_words(ring: Ring, now: dt.datetime) -> dict[str, Any]:
    """A ring as the bell shows it, in the active language."""
    return {
        "code": ring.code,
        "who": ring.rung_by.name,
        "what": display.session_words(ring.modality, ring.length_minutes),
        "url": reverse("booking:ring", args=[ring.code]),
        "state_url": reverse("booking:ring_state", args=[ring.code]),
        "seconds_left": max(0, int((ring.expires_at - now).total_seconds())),
    }
