"""The people of the practice: found, invited, given roles, let in and not. Every look is on record."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.booking.actions.call_off import to_come
from alcove.core.errors import NotFound
from alcove.people.actions.change_roles import set_active
from alcove.people.actions.invite_person import (
    invite_person,
    is_awaited,
    resend_person_invitation,
)
from alcove.people.actions.record_look import record_look
from alcove.people.deleted import is_deleted
from alcove.people.models import Person, PersonInvitation
from alcove.people.queries import people_like
from alcove.people.roles import roles_of
from alcove.practice.actions.deactivate import (
    called_off_without,
    deactivate,
    give_roles_to,
    withdraw_invitation,
)
from alcove.practice.forms.people import InviteForm, RolesForm, SearchForm, WhyForm
from alcove.practice.views.page import AdminPage
from alcove.rooms.models import Membership, Room

PER_PAGE = 50


class People(AdminPage):
    """Everybody, or those who are looked for."""

    template_name = "practice/people.html"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list and put the look on record."""
        record_look(actor=self.admin, subject="people", now=self.now)
        return super().get(request, *args, **kwargs)

    def context(self, form: forms.Form) -> dict[str, Any]:
        """One page of those found; two statements however many there are."""
        search = SearchForm(self.request.GET)
        search.is_valid()
        words, role = (search.cleaned_data.get(name, "") for name in ("q", "role"))
        return {
            "search": search,
            "page": Paginator(people_like(words, role), PER_PAGE).get_page(
                self.request.GET.get("page")
            ),
            "query": urlencode({"q": words, "role": role}) + "&",
            "is_narrowed": bool(words or role),
        }


class Invite(AdminPage):
    """Somebody new."""

    template_name = "practice/invite.html"
    form_class: ClassVar[type[forms.Form]] = InviteForm

    def perform(self, form: forms.Form) -> str:
        """Send the invitation, and show them."""
        person = invite_person(actor=self.admin, now=self.now, **form.cleaned_data)
        messages.success(self.request, _("The invitation is on its way."))
        return reverse("practice:person", args=[person.pk])


class PersonPage(AdminPage):
    """A page about one person."""

    def load(self, **kwargs: Any) -> None:
        """The person, for admins; the look is on record."""
        super().load(**kwargs)
        person = Person.objects.filter(pk=kwargs["pk"]).first()
        if person is None:
            raise NotFound
        self.person = person
        record_look(actor=self.admin, subject=person.key, now=self.now)

    @property
    def address(self) -> str:
        """The page of this person."""
        return reverse("practice:person", args=[self.person.pk])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Whom it is about."""
        return {"person": self.person, "roles": roles_of(self.person)}


class ShowPerson(PersonPage):
    """What the practice set up for one person."""

    template_name = "practice/person.html"
    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]  # type: ignore[misc]  # as Django reads it

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Their rooms with plan and number of coming sessions, and where their invitation stands."""
        memberships = Membership.objects.filter(person=self.person).select_related(
            "room__owner", "room__provider", "room__entitlement__plan"
        )
        rooms = [one.room for one in memberships.order_by("room__closed_at", "room_id")]
        booked: dict[int, int] = {}
        codes = Room.objects.filter(memberships__person=self.person)
        for room_id in to_come(codes, self.now).values_list("room_id", flat=True):
            booked[room_id] = booked.get(room_id, 0) + 1
        awaited = is_awaited(self.person)
        invitation = PersonInvitation.objects.filter(person=self.person, closed_at=None).first()
        return super().context(form) | {
            "rooms": [(room, booked.get(room.pk, 0)) for room in rooms],
            "is_awaited": awaited,
            "invitation": invitation if awaited else None,
            "is_too_old": invitation is not None and invitation.expires_at <= self.now,
            "is_self": self.person.pk == self.admin.pk,
            "is_deleted": is_deleted(self.person),
        }


class InviteAgain(ShowPerson):
    """The invitation once more, by a new link."""

    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # of the class, as Django reads it

    def perform(self, form: forms.Form) -> str:
        """Send it."""
        resend_person_invitation(actor=self.admin, person=self.person, now=self.now)
        messages.success(
            self.request, _("The invitation is sent again. The former link is dead now.")
        )
        return self.address


class Roles(PersonPage):
    """Which roles somebody has."""

    template_name = "practice/roles.html"

    def get_form(self, data: Any = None) -> forms.Form:
        """Their present roles."""
        return RolesForm(data, initial={"roles": roles_of(self.person)})

    def perform(self, form: forms.Form) -> str:
        """Give them."""
        give_roles_to(actor=self.admin, person=self.person, now=self.now, **form.cleaned_data)
        messages.success(self.request, _("The roles are changed."))
        # Who is no admin any more has no page here to go back to.
        return self.address if self.still_admin() else reverse("home")

    def still_admin(self) -> bool:
        """Whether the reader is one now."""
        return Person.objects.filter(pk=self.admin.pk, is_admin=True).exists()


class Deactivate(PersonPage):
    """The question before somebody is let in no more: what is booked, and what becomes of it."""

    template_name = "practice/deactivate.html"
    form_class: ClassVar[type[forms.Form]] = WhyForm

    def perform(self, form: forms.Form) -> str:
        """Do it."""
        deactivate(
            actor=self.admin,
            person=self.person,
            reason=form.cleaned_data["reason"],
            now=self.now,
        )
        messages.success(self.request, _("They are signed out and can sign in no more."))
        return self.address

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The sessions that would be cancelled, and the rooms that go on without them."""
        partners = Membership.objects.filter(
            person=self.person, role=Membership.Role.PARTNER, room__closed_at=None
        )
        return super().context(form) | {
            "sessions": called_off_without(self.person, self.now),
            "partner_rooms": partners.count(),
        }


class Withdraw(Deactivate):
    """The same question about somebody who was invited and has not come."""

    template_name = "practice/withdraw.html"

    def perform(self, form: forms.Form) -> str:
        """Do it."""
        withdraw_invitation(
            actor=self.admin,
            person=self.person,
            reason=form.cleaned_data["reason"],
            now=self.now,
        )
        messages.success(self.request, _("The invitation is withdrawn. Its link is dead now."))
        return self.address


class Reactivate(PersonPage):
    """Let in again."""

    template_name = "practice/reactivate.html"
    form_class: ClassVar[type[forms.Form]] = WhyForm

    def perform(self, form: forms.Form) -> str:
        """Do it."""
        set_active(
            actor=self.admin,
            person=self.person,
            is_active=True,
            reason=form.cleaned_data["reason"],
            now=self.now,
        )
        messages.success(self.request, _("They can sign in again."))
        return self.address
