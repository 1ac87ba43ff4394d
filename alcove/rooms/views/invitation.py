"""The door of an invitation: opening it only asks, and tells nobody who has an account.

Whoever is not signed in is mailed a code at the invited address, known here or not; the account of
somebody new is made on the way. Signed in, they come back and say yes.
"""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.generic import View

from alcove.core import clock
from alcove.core.errors import DomainError
from alcove.core.pages import ActionPage
from alcove.core.rate_limit import count_request
from alcove.core.tokens import hash_of
from alcove.people.models import Person, Practice
from alcove.people.sign_in_codes import mail_code
from alcove.rooms.actions.accept_invitation import accept_invitation
from alcove.rooms.actions.welcome import welcome
from alcove.rooms.errors import InvitationDead
from alcove.rooms.forms import JoinForm
from alcove.rooms.invitations import answered_by, invitation_by, invitation_for
from alcove.rooms.models import Room

# Where the browser keeps the link while its reader signs in: an address of sign-in is no place
# for a secret.
KEPT = "invitation"
CODES_PER_MINUTE = 3


def door(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page for whoever stands there."""
    page = AnswerInvitation if request.user.is_authenticated else EnterByInvitation
    return page.as_view()(request, token=token)


class EnterByInvitation(View):
    """The door for somebody who is not signed in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ask to continue."""
        invitation = invitation_by(token, now=clock.now())
        return render(request, "rooms/enter.html", {"invitation": invitation})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Mail a code to the invited address, and come back here once it is typed."""
        now = clock.now()
        count_request("invitation-code", hash_of(token), limit=CODES_PER_MINUTE, now=now)
        language = translation.get_language() or Person.Language.ENGLISH
        person = welcome(
            token=token, language=language, time_zone=Practice.load().time_zone, now=now
        )
        request.session[KEPT] = token
        return mail_code(request, person.email, then=reverse("rooms:kept_invitation"))


class KeptInvitation(View):
    """The way back to the invitation after signing in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Go on to the link that this browser keeps, or to the start page."""
        token = request.session.get(KEPT)
        to = reverse("rooms:invitation", args=[token]) if token else reverse("home")
        return HttpResponseRedirect(to)


class AnswerInvitation(ActionPage):
    """The invitation for somebody who is signed in: what joining means, and the yes."""

    template_name = "rooms/invitation.html"

    def load(self, **kwargs: Any) -> None:
        """The invitation, for the person whom it invites; else InvitationDead."""
        self.person, self.token = cast(Person, self.request.user), kwargs["token"]
        self.room: Room | None = None
        try:
            self.invitation = invitation_for(self.person, self.token, now=self.now)
        except InvitationDead:
            # In this order: another click may have said yes between the two looks.
            self.room = answered_by(self.person, self.token)
            if self.room is None:
                raise

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask; whoever has said yes already is led into the room."""
        if self.room is not None:
            return HttpResponseRedirect(reverse("rooms:room", args=[self.room.code]))
        return super().get(request, *args, **kwargs)

    def get_form(self, data: Any = None) -> forms.Form:
        """Name and zone of somebody new; of everybody else nothing is asked."""
        return JoinForm(data, person=self.person)

    def perform(self, form: forms.Form) -> str:
        """Join, and show the room."""
        room = accept_invitation(
            actor=self.person, token=self.token, now=self.now, **form.cleaned_data
        )
        self.request.session.pop(KEPT, None)
        return reverse("rooms:room", args=[room.code])

    def refuse(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """As any page; but a link that died meanwhile answers as every dead link does."""
        if isinstance(error, InvitationDead):
            raise error
        return super().refuse(form, error)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """What they are invited to."""
        return {"invitation": getattr(self, "invitation", None), "token": self.token}
