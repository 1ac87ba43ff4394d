"""What the database itself refuses about rooms, members and invitations, whatever code runs."""

import datetime as dt
from typing import Any

import pytest

from alcove.rooms.models import Invitation, Membership, Room
from tests.cast import NOW, Cast
from tests.untouched import insert, refused_by_the_database, run_sql

NO_PARTNER = "an individual room has no partner"
# SQLite names the columns of a unique index, PostgreSQL its name.
ONCE = "(?i)unique"


def row_of(room: Room, person: Any, role: str) -> dict[str, Any]:
    return {
        "room_id": room.pk,
        "person_id": person.pk,
        "role": role,
        "joined_at": NOW,
        "read_up_to": 0,
    }


def test_individual_room_takes_no_partner(cast: Cast) -> None:
    with refused_by_the_database(NO_PARTNER):
        insert("rooms_membership", **row_of(cast.room, cast.partner, "partner"))


@pytest.mark.parametrize("column", ["role", "room_id"])
def test_no_member_becomes_the_partner_of_an_individual_room(cast: Cast, column: str) -> None:
    Membership.objects.filter(room=cast.second_room, role="owner").delete()
    Membership.objects.filter(room=cast.room, role="owner").delete()
    member = Membership.objects.get(room=cast.couples_room, role="partner")
    if column == "role":
        member = Membership.objects.create(
            room=cast.room, person=cast.partner, role="owner", joined_at=NOW
        )
    value = {"role": "partner", "room_id": cast.second_room.pk}[column]

    with refused_by_the_database(NO_PARTNER):
        run_sql(f"UPDATE rooms_membership SET {column} = %s WHERE id = %s", value, member.pk)


def test_room_with_a_partner_stays_a_couples_room(cast: Cast) -> None:
    with refused_by_the_database(NO_PARTNER):
        run_sql("UPDATE rooms_room SET kind = 'individual' WHERE id = %s", cast.couples_room.pk)

    run_sql("DELETE FROM rooms_membership WHERE person_id = %s", cast.partner.pk)
    run_sql("UPDATE rooms_room SET kind = 'individual' WHERE id = %s", cast.couples_room.pk)


def test_room_has_one_partner(cast: Cast) -> None:
    with refused_by_the_database(ONCE):
        insert("rooms_membership", **row_of(cast.couples_room, cast.stranger, "partner"))


def test_two_people_have_one_open_couples_room(cast: Cast) -> None:
    row = {
        "code": "ANOTHER",
        "kind": "couples",
        "owner_id": cast.client.pk,
        "provider_id": cast.provider.pk,
        "opened_at": NOW,
    }

    with refused_by_the_database(ONCE):
        insert("rooms_room", **row)
    insert("rooms_room", **row | {"code": "INDIVIDUAL", "kind": "individual"})
    insert("rooms_room", **row | {"code": "ELSEWHERE", "provider_id": cast.second_provider.pk})
    run_sql("UPDATE rooms_room SET closed_at = %s WHERE id = %s", NOW, cast.couples_room.pk)
    insert("rooms_room", **row)
    with refused_by_the_database(ONCE):
        run_sql("UPDATE rooms_room SET closed_at = NULL WHERE id = %s", cast.couples_room.pk)


def invitation(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "code": "ONE",
        "room_id": cast.couples_room.pk,
        "invited_by_id": cast.client.pk,
        "address": "kim@example.org",
        "token_hash": "a" * 64,
        "invited_at": NOW,
        "expires_at": NOW + dt.timedelta(days=7),
        **changes,
    }


def test_room_has_one_open_invitation(cast: Cast) -> None:
    insert("rooms_invitation", **invitation(cast))
    second = invitation(cast, code="TWO", token_hash="b" * 64)

    with refused_by_the_database(ONCE):
        insert("rooms_invitation", **second)
    Invitation.objects.update(closed_at=NOW)
    insert("rooms_invitation", **second)


def test_two_invitations_never_share_a_link(cast: Cast) -> None:
    insert("rooms_invitation", **invitation(cast, closed_at=NOW))

    with refused_by_the_database(ONCE):
        insert("rooms_invitation", **invitation(cast, code="TWO"))


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        ({"address": "Kim@example.org"}, "invitation_address_lower"),
        ({"expires_at": NOW}, "invitation_expires_later"),
    ],
)
def test_wrong_invitation_is_refused(cast: Cast, change: dict[str, Any], promise: str) -> None:
    with refused_by_the_database(promise):
        insert("rooms_invitation", **invitation(cast, **change))


def test_accepted_invitation_is_closed(cast: Cast) -> None:
    with refused_by_the_database("invitation_accepted_is_closed"):
        insert("rooms_invitation", **invitation(cast, accepted_by_id=cast.partner.pk))
