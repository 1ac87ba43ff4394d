"""Who is in a room, and how that changes: starting a couples room, inviting, leaving, removing."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.pages import ActionPage
from alcove.people.models import Person
from alcove.rooms.access import members_for, membership_for, own_couples_room
from alcove.rooms.actions.invite_partner import (
    invite_partner,
    resend_invitation,
    revoke_invitation,
)
from alcove.rooms.actions.leave_room import leave_room, remove_partner
from alcove.rooms.actions.open_couples_room import start_couples_room
from alcove.rooms.errors import CannotLeave, NoPartner
from alcove.rooms.forms import CouplesRoomForm, InviteForm
from alcove.rooms.invitations import open_invitation
from alcove.rooms.models import Membership, Room
from alcove.rooms.queries import couples_rooms_of, rooms_to_start_beside

Role = Membership.Role


class NewCouplesRoom(ActionPage):
    """A couples room with one of the reader's providers, and the invitation into it."""

    template_name = "rooms/new_couples.html"

    def load(self, **kwargs: Any) -> None:
        """The rooms beside which one can be started; none for who is nobody's client."""
        self.person = cast(Person, self.request.user)
        self.beside = rooms_to_start_beside(self.person)

    def get_form(self, data: Any = None) -> forms.Form:
        """The providers, and an address."""
        return CouplesRoomForm(self.beside, data)

    def perform(self, form: forms.Form) -> str:
        """Open the room, send the invitation, and show where it stands."""
        invitation = start_couples_room(
            actor=self.person,
            beside=form.cleaned_data["beside"],
            address=form.cleaned_data["address"],
            now=self.now,
        )
        messages.success(self.request, _("Your couples room is open, and the invitation is sent."))
        return reverse("rooms:members", args=[invitation.room.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Those that there are already, so that nobody looks for them in vain."""
        return {"beside": self.beside, "existing": couples_rooms_of(self.person)}


class Members(ActionPage):
    """Everybody in a room; its owner also sees where the invitation stands, and may invite."""

    template_name = "rooms/members.html"
    form_class: ClassVar[type[forms.Form]] = InviteForm

    def load(self, **kwargs: Any) -> None:
        """The room, for its members; NotFound for everybody else."""
        self.person = cast(Person, self.request.user)
        self.everybody = members_for(self.person, kwargs["code"])
        self.room: Room = self.everybody[0].room
        self.is_owner = self.room.owner_id == self.person.pk

    def perform(self, form: forms.Form) -> str:
        """Invite."""
        invite_partner(
            actor=self.person,
            room_code=self.room.code,
            address=form.cleaned_data["address"],
            now=self.now,
        )
        messages.success(self.request, _("The invitation is sent."))
        return self.address

    @property
    def address(self) -> str:
        """Where this page is."""
        return reverse("rooms:members", args=[self.room.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Who is here; what only the owner sees is not even read for others."""
        is_couples = self.room.kind == Room.Kind.COUPLES
        roles = [row.role for row in self.everybody]
        invitation = open_invitation(self.room) if self.is_owner else None
        return {
            "room": self.room,
            "members": sorted(self.everybody, key=lambda row: Role.values.index(row.role)),
            "reader": self.person,
            "is_owner": self.is_owner,
            "is_partner": any(
                row.person_id == self.person.pk and row.role == Role.PARTNER
                for row in self.everybody
            ),
            "is_couples": is_couples,
            "has_partner": Role.PARTNER in roles,
            "invitation": invitation,
            "is_too_old": invitation is not None and invitation.expires_at <= self.now,
            "may_invite": self.is_owner
            and is_couples
            and Role.PARTNER not in roles
            and self.room.closed_at is None,
            "invite_form": form if isinstance(form, InviteForm) else InviteForm(),
        }


class ResendInvitation(Members):
    """The invitation once more, by a new link."""

    form_class = forms.Form
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # of the class, as Django reads it

    def perform(self, form: forms.Form) -> str:
        """Send it."""
        resend_invitation(actor=self.person, room_code=self.room.code, now=self.now)
        messages.success(
            self.request, _("The invitation is sent again. The former link is dead now.")
        )
        return self.address


class RevokeInvitation(Members):
    """The invitation withdrawn."""

    form_class = forms.Form
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]  # as above

    def perform(self, form: forms.Form) -> str:
        """Make its link good for nothing."""
        revoke_invitation(actor=self.person, room_code=self.room.code, now=self.now)
        messages.success(self.request, _("The invitation is withdrawn. Its link is dead now."))
        return self.address


class RemovePartner(ActionPage):
    """The question before the owner takes the partner out."""

    template_name = "rooms/remove_partner.html"

    def load(self, **kwargs: Any) -> None:
        """The partner, for the owner; NoPartner where there is none any more."""
        self.person = cast(Person, self.request.user)
        self.room = own_couples_room(self.person, kwargs["code"])
        partners = self.room.memberships.filter(role=Role.PARTNER).select_related("person")
        self.partner = partners.first()
        if self.partner is None and self.request.method != "POST":
            raise NoPartner

    def perform(self, form: forms.Form) -> str:
        """Take them out, and show who stays."""
        remove_partner(actor=self.person, room_code=self.room.code, now=self.now)
        messages.success(self.request, _("Your partner is no longer in this room."))
        return reverse("rooms:members", args=[self.room.code])

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Whom it is about."""
        return {"room": self.room, "partner": self.partner}


class LeaveRoom(ActionPage):
    """The question before a partner leaves by themself."""

    template_name = "rooms/leave.html"

    def load(self, **kwargs: Any) -> None:
        """The reader's own membership; CannotLeave for owner and provider."""
        self.person = cast(Person, self.request.user)
        membership = membership_for(self.person, kwargs["code"])
        if membership.role != Role.PARTNER:
            raise CannotLeave
        self.room = membership.room

    def perform(self, form: forms.Form) -> str:
        """Leave, and show the rooms that remain."""
        leave_room(actor=self.person, room_code=self.room.code, now=self.now)
        messages.success(self.request, _("You have left the room."))
        return reverse("rooms:list")

    def context(self, form: forms.Form) -> dict[str, Any]:
        """Which room it is."""
        return {"room": self.room}
