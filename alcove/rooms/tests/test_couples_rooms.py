"""Couples rooms: opened by an owner, joined by an invited partner, left again."""

import datetime as dt

import pytest

from alcove.core import jobs
from alcove.core.errors import NotFound
from alcove.core.models import Event
from alcove.core.tokens import hash_of
from alcove.people.models import Person
from alcove.rooms.actions.accept_invitation import accept_invitation
from alcove.rooms.actions.invite_partner import (
    invite_partner,
    resend_invitation,
    revoke_invitation,
)
from alcove.rooms.actions.keep_draft import keep_draft
from alcove.rooms.actions.leave_room import leave_room, remove_partner
from alcove.rooms.actions.open_couples_room import open_couples_room, start_couples_room
from alcove.rooms.actions.post_message import post_message
from alcove.rooms.errors import (
    AlreadyInvited,
    CannotLeave,
    CouplesRoomExists,
    HasPartner,
    InvitationDead,
    NoInvitation,
    NoPartner,
    NotCouplesRoom,
    NotOwner,
    OwnAddress,
    ProviderGone,
    RoomClosed,
    TooManyInvitations,
)
from alcove.rooms.invitations import GOOD_FOR, MOST_A_DAY
from alcove.rooms.models import Draft, Invitation, Membership, Message, Room
from tests.cast import NOW, Cast, make_person
from tests.couples import TOKEN, invited
from tests.untouched import refused

LATER = NOW + dt.timedelta(minutes=5)
KIM = "kim@example.org"


@pytest.fixture
def alone(cast: Cast) -> Room:
    """The client's couples room before anybody was invited."""
    Membership.objects.get(room=cast.couples_room, role="partner").delete()
    return cast.couples_room


def roles(room: Room) -> dict[str, Person]:
    return {row.role: row.person for row in room.memberships.select_related("person")}


def cards(room: Room) -> list[dict[str, str]]:
    while jobs.run_due(LATER):
        pass
    found = Message.objects.filter(room=room, kind="card").order_by("pk")
    return [message.card for message in found]


# --- Opening ----------------------------------------------------------------------------------


def test_client_opens_a_couples_room_with_a_provider_of_theirs(cast: Cast) -> None:
    invitation = start_couples_room(
        actor=cast.client, beside=cast.second_room.code, address=KIM, now=NOW
    )

    room = invitation.room
    assert (room.kind, room.owner, room.closed_at) == ("couples", cast.client, None)
    assert roles(room) == {"owner": cast.client, "provider": cast.second_provider}
    assert (invitation.address, invitation.expires_at) == (KIM, NOW + GOOD_FOR)
    assert cards(room) == [{"kind": "room.opened"}, {"kind": "partner.invited"}]


def test_second_open_couples_room_with_the_same_provider_is_refused(cast: Cast) -> None:
    with refused(CouplesRoomExists):
        start_couples_room(actor=cast.client, beside=cast.room.code, address=KIM, now=NOW)

    Room.objects.filter(pk=cast.couples_room.pk).update(closed_at=NOW)
    assert open_couples_room(actor=cast.client, beside=cast.room.code, now=NOW).pk


def test_room_is_not_opened_without_the_invitation(cast: Cast) -> None:
    with refused(OwnAddress):
        start_couples_room(
            actor=cast.client, beside=cast.second_room.code, address=" CORA@example.org", now=NOW
        )


def test_only_clients_with_a_room_of_their_own_open_another(cast: Cast) -> None:
    beside = cast.couples_room.code
    for person in (cast.partner, cast.provider):
        with refused(NotOwner):
            open_couples_room(actor=person, beside=beside, now=NOW)
    for person in (cast.stranger, cast.staff, cast.second_provider):
        with refused(NotFound):
            open_couples_room(actor=person, beside=beside, now=NOW)


def test_closed_room_and_provider_who_left_lead_to_no_couples_room(cast: Cast) -> None:
    cast.second_provider.is_active = False
    cast.second_provider.save()
    with refused(ProviderGone):
        open_couples_room(actor=cast.client, beside=cast.second_room.code, now=NOW)
    Room.objects.filter(pk=cast.second_room.pk).update(closed_at=NOW)
    with refused(RoomClosed):
        open_couples_room(actor=cast.client, beside=cast.second_room.code, now=NOW)


# --- Inviting ---------------------------------------------------------------------------------


def test_address_is_kept_without_blanks_and_capitals(cast: Cast, alone: Room) -> None:
    invitation = invite_partner(
        actor=cast.client, room_code=alone.code, address="  Kim@EXAMPLE.org ", now=NOW
    )

    assert invitation.address == KIM


def test_only_the_hash_of_the_link_is_kept(cast: Cast, alone: Room) -> None:
    invitation, token = invited(cast.client, alone, KIM)

    assert len(token) == 43  # 256 bits
    assert invitation.token_hash == hash_of(token)
    assert token not in str(list(Invitation.objects.values()))
    assert token not in str(list(Event.objects.values()))


def test_second_address_is_not_invited_while_the_first_has_not_answered(
    cast: Cast, alone: Room
) -> None:
    invited(cast.client, alone, KIM)

    with refused(AlreadyInvited) as caught:
        invite_partner(actor=cast.client, room_code=alone.code, address="lee@x.org", now=LATER)
    assert caught.value.data == {"address": KIM}

    late = NOW + GOOD_FOR
    second = invite_partner(actor=cast.client, room_code=alone.code, address="lee@x.org", now=late)
    assert [row.pk for row in Invitation.objects.filter(closed_at=None)] == [second.pk]


@pytest.mark.parametrize("way", ["invite", "resend", "revoke", "remove"])
def test_what_only_the_owner_may(cast: Cast, way: str) -> None:
    code = cast.couples_room.code

    def act(person: Person) -> None:
        if way == "invite":
            invite_partner(actor=person, room_code=code, address=KIM, now=NOW)
        elif way == "resend":
            resend_invitation(actor=person, room_code=code, now=NOW)
        elif way == "revoke":
            revoke_invitation(actor=person, room_code=code, now=NOW)
        else:
            remove_partner(actor=person, room_code=code, now=NOW)

    for person in (cast.partner, cast.provider):
        with refused(NotOwner):
            act(person)
    for person in (cast.stranger, cast.staff, cast.second_provider):
        with refused(NotFound):
            act(person)


def test_nobody_is_invited_to_an_individual_room(cast: Cast) -> None:
    with refused(NotCouplesRoom):
        invite_partner(actor=cast.client, room_code=cast.room.code, address=KIM, now=NOW)


def test_nobody_is_invited_to_a_closed_room_or_beside_a_partner(cast: Cast) -> None:
    code = cast.couples_room.code
    with refused(HasPartner):
        invite_partner(actor=cast.client, room_code=code, address=KIM, now=NOW)
    Room.objects.filter(code=code).update(closed_at=NOW)
    with refused(RoomClosed):
        invite_partner(actor=cast.client, room_code=code, address=KIM, now=NOW)
    with refused(RoomClosed):
        resend_invitation(actor=cast.client, room_code=code, now=NOW)


def test_resending_makes_a_new_link_and_kills_the_old_one(cast: Cast, alone: Room) -> None:
    kim = make_person("Kim Partner")
    _first, old = invited(cast.client, alone, KIM)
    second, new = invited(cast.client, alone, None, now=LATER)

    assert (second.address, second.expires_at) == (KIM, LATER + GOOD_FOR)
    with refused(InvitationDead):
        accept_invitation(actor=kim, token=old, now=LATER)
    assert accept_invitation(actor=kim, token=new, now=LATER) == alone


def test_revoked_invitation_is_dead(cast: Cast, alone: Room) -> None:
    kim = make_person("Kim Partner")
    _invitation, token = invited(cast.client, alone, KIM)

    revoke_invitation(actor=cast.client, room_code=alone.code, now=LATER)

    with refused(InvitationDead):
        accept_invitation(actor=kim, token=token, now=LATER)
    for act in (resend_invitation, revoke_invitation):
        with refused(NoInvitation):
            act(actor=cast.client, room_code=alone.code, now=LATER)


def test_nobodys_mailbox_is_filled(cast: Cast, alone: Room) -> None:
    invited(cast.client, alone, KIM)
    for minute in range(1, MOST_A_DAY):
        resend_invitation(
            actor=cast.client, room_code=alone.code, now=NOW + dt.timedelta(minutes=minute)
        )

    with refused(TooManyInvitations):
        resend_invitation(actor=cast.client, room_code=alone.code, now=LATER)
    revoke_invitation(actor=cast.client, room_code=alone.code, now=LATER)
    with refused(TooManyInvitations):
        invite_partner(actor=cast.client, room_code=alone.code, address=KIM, now=LATER)
    tomorrow = NOW + dt.timedelta(days=1)
    invite_partner(actor=cast.client, room_code=alone.code, address=KIM, now=tomorrow)


# --- Accepting --------------------------------------------------------------------------------


def test_invited_person_joins_as_partner(cast: Cast, alone: Room) -> None:
    kim = make_person("Kim Partner")
    invitation, token = invited(cast.client, alone, KIM)

    assert accept_invitation(actor=kim, token=token, now=LATER) == alone

    invitation.refresh_from_db()
    assert roles(alone)["partner"] == kim
    assert (invitation.accepted_by, invitation.closed_at) == (kim, LATER)
    assert cards(alone)[-1] == {"kind": "partner.joined", "name": "Kim Partner"}


def test_accepting_twice_has_one_effect(cast: Cast, alone: Room) -> None:
    kim = make_person("Kim Partner")
    _invitation, token = invited(cast.client, alone, KIM)
    accept_invitation(actor=kim, token=token, now=LATER)

    assert accept_invitation(actor=kim, token=token, now=LATER) == alone

    assert Event.objects.filter(kind="partner.joined").count() == 1


def test_link_is_good_for_seven_days(cast: Cast, alone: Room) -> None:
    kim = make_person("Kim Partner")
    _invitation, token = invited(cast.client, alone, KIM)

    with refused(InvitationDead):
        accept_invitation(actor=kim, token=token, now=NOW + GOOD_FOR)
    moment = dt.timedelta(microseconds=1)
    assert accept_invitation(actor=kim, token=token, now=NOW + GOOD_FOR - moment) == alone


def test_every_link_that_is_not_ones_own_is_dead(cast: Cast, alone: Room) -> None:
    kim = make_person("Kim Partner")
    _invitation, token = invited(cast.client, alone, KIM)

    for person in (cast.stranger, cast.partner, cast.client, cast.provider, cast.staff):
        with refused(InvitationDead):
            accept_invitation(actor=person, token=token, now=LATER)
    for forged in ("", "x", token[:-1], token + "A", hash_of(token), "\ud800", TOKEN):
        with refused(InvitationDead):
            accept_invitation(actor=kim, token=forged, now=LATER)
    Room.objects.filter(pk=alone.pk).update(closed_at=LATER)
    with refused(InvitationDead):
        accept_invitation(actor=kim, token=token, now=LATER)


def test_provider_of_the_room_does_not_become_its_partner(cast: Cast, alone: Room) -> None:
    _invitation, token = invited(cast.client, alone, cast.provider.email)

    with refused(InvitationDead):
        accept_invitation(actor=cast.provider, token=token, now=LATER)


def test_used_link_does_not_lead_back_after_leaving(cast: Cast, alone: Room) -> None:
    kim = make_person("Kim Partner")
    _invitation, token = invited(cast.client, alone, KIM)
    accept_invitation(actor=kim, token=token, now=LATER)
    leave_room(actor=kim, room_code=alone.code, now=LATER)

    with refused(InvitationDead):
        accept_invitation(actor=kim, token=token, now=LATER)
    _second, token = invited(cast.client, alone, KIM, now=LATER)
    assert accept_invitation(actor=kim, token=token, now=LATER) == alone


# --- Leaving ----------------------------------------------------------------------------------


def test_partner_leaves_by_themself(cast: Cast) -> None:
    room = cast.couples_room
    keep_draft(actor=cast.partner, room_code=room.code, text="What I want to say", now=NOW)

    leave_room(actor=cast.partner, room_code=room.code, now=LATER)

    assert set(roles(room)) == {"owner", "provider"}
    assert not Draft.objects.exists()
    assert cards(room) == [{"kind": "partner.left", "name": "Paul Partner"}]
    with refused(NotFound):
        leave_room(actor=cast.partner, room_code=room.code, now=LATER)
    with refused(NotFound):
        post_message(actor=cast.partner, room_code=room.code, text="Still here?", now=LATER)


def test_owner_takes_the_partner_out(cast: Cast) -> None:
    room = cast.couples_room

    remove_partner(actor=cast.client, room_code=room.code, now=LATER)

    assert set(roles(room)) == {"owner", "provider"}
    assert cards(room) == [{"kind": "partner.removed", "name": "Paul Partner"}]
    with refused(NoPartner):
        remove_partner(actor=cast.client, room_code=room.code, now=LATER)


def test_owner_and_provider_cannot_leave(cast: Cast) -> None:
    for person in (cast.client, cast.provider):
        with refused(CannotLeave):
            leave_room(actor=person, room_code=cast.couples_room.code, now=NOW)
    for person in (cast.stranger, cast.staff):
        with refused(NotFound):
            leave_room(actor=person, room_code=cast.couples_room.code, now=NOW)
