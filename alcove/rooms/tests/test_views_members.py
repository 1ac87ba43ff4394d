"""The pages on which a couples room is started, its partner invited, removed, or leaves."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from alcove.people.models import Person
from alcove.rooms.models import Invitation, Membership, Room
from tests.cast import NOW, Cast, make_person
from tests.couples import invited
from tests.untouched import every_row
from tests.visitors import signed_in

KIM = "kim@example.org"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def alone(cast: Cast) -> Room:
    """The client's couples room before anybody was invited."""
    Membership.objects.get(room=cast.couples_room, role="partner").delete()
    return cast.couples_room


def test_client_starts_a_couples_room(cast: Cast) -> None:
    client = signed_in(cast.client)
    page = client.get("/rooms/couples/new/").content.decode()
    assert "Oskar Other" in page
    # With Petra there is one already: the page leads there instead.
    assert f'value="{cast.room.code}"' not in page
    assert f"/rooms/{cast.couples_room.code}/members/" in page

    answer = client.post("/rooms/couples/new/", {"beside": cast.second_room.code, "address": KIM})

    room = Room.objects.get(kind="couples", provider=cast.second_provider)
    assert answer.headers["Location"] == f"/rooms/{room.code}/members/"
    shown = client.get(answer.headers["Location"]).content.decode()
    assert KIM in shown
    assert "Waiting for an answer until" in shown


@pytest.mark.parametrize(
    "address", ["", "kim", "kim@", "<script>@example.org", "a" * 260 + "@b.cc"]
)
def test_wrong_address_is_kept_and_changes_nothing(cast: Cast, address: str) -> None:
    client = signed_in(cast.client)
    before = every_row()

    answer = client.post(
        "/rooms/couples/new/", {"beside": cast.second_room.code, "address": address}
    )

    assert answer.status_code == 422
    assert every_row() == before
    if address == "kim":
        assert 'value="kim"' in answer.content.decode()


def test_own_address_is_refused_in_capitals_too(cast: Cast) -> None:
    client = signed_in(cast.client)
    before = every_row()

    answer = client.post(
        "/rooms/couples/new/", {"beside": cast.second_room.code, "address": "CORA@Example.org"}
    )

    assert answer.status_code == 422
    assert "your own address" in answer.content.decode()
    assert every_row() == before


def test_nobody_starts_one_beside_a_room_that_is_not_theirs(cast: Cast) -> None:
    for person in (cast.client, cast.partner, cast.provider, cast.stranger, cast.staff):
        theirs = cast.second_room if person != cast.client else cast.strangers_room
        data, client = {"beside": theirs.code, "address": KIM}, signed_in(person)
        before = every_row()

        assert client.post("/rooms/couples/new/", data).status_code == 422

        assert every_row() == before


def test_who_has_no_room_is_told_what_to_do(cast: Cast) -> None:
    page = signed_in(cast.staff).get("/rooms/couples/new/").content.decode()

    assert "You have no provider to start one with" in page
    assert "Start a couples room" not in signed_in(cast.staff).get("/rooms/").content.decode()


def test_room_without_a_plan_says_so_where_it_would_be_booked(cast: Cast) -> None:
    client = signed_in(cast.client)
    client.post("/rooms/couples/new/", {"beside": cast.second_room.code, "address": KIM})

    assert "This room has no plan yet" in client.get("/schedule/new/").content.decode()
    room = Room.objects.get(kind="couples", provider=cast.second_provider)
    refused = client.get(f"/schedule/new/{room.code}/")
    assert "This room has no plan yet" in refused.content.decode()


def test_invitation_is_sent_again_and_withdrawn(cast: Cast, alone: Room) -> None:
    client, page = signed_in(cast.client), f"/rooms/{alone.code}/members/"
    client.post(page, {"address": KIM})
    first = Invitation.objects.get()

    client.post(f"/rooms/{alone.code}/invitation/resend/")
    second = Invitation.objects.get(closed_at=None)
    assert second.token_hash != first.token_hash
    client.post(f"/rooms/{alone.code}/invitation/revoke/")

    assert not Invitation.objects.filter(closed_at=None).exists()
    shown = client.get(page).content.decode()
    assert KIM not in shown
    assert "Invite your partner" in shown
    late = client.post(f"/rooms/{alone.code}/invitation/resend/")
    assert late.status_code == 409
    assert "There is no open invitation any more" in late.content.decode()


def test_old_invitation_is_shown_as_such_and_gives_way(cast: Cast, alone: Room) -> None:
    invited(cast.client, alone, KIM)
    with time_machine.travel(NOW + dt.timedelta(days=8), tick=False):
        client, page = signed_in(cast.client), f"/rooms/{alone.code}/members/"
        assert "Not answered in time" in client.get(page).content.decode()

        client.post(page, {"address": "lee@example.org"})

        assert "lee@example.org" in client.get(page).content.decode()


def test_one_key_sends_one_invitation(cast: Cast, alone: Room) -> None:
    client, page = signed_in(cast.client), f"/rooms/{alone.code}/members/"

    for _twice in range(2):
        answer = client.post(page, {"address": KIM, "idempotency_key": "one"})
        assert answer.headers["Location"] == page

    assert Invitation.objects.count() == 1


def test_owner_takes_the_partner_out(cast: Cast) -> None:
    room, client = cast.couples_room, signed_in(cast.client)
    page = f"/rooms/{room.code}/members/remove/"
    assert "Take Paul Partner out of this room?" in client.get(page).content.decode()
    partner = signed_in(cast.partner)
    assert partner.get(f"/rooms/{room.code}/").status_code == 200

    assert client.post(page).headers["Location"] == f"/rooms/{room.code}/members/"

    assert partner.get(f"/rooms/{room.code}/").status_code == 404
    assert client.get(page).status_code == 409
    second = client.post(page)
    assert second.status_code == 409
    assert "There is no partner in this room." in second.content.decode()


def test_partner_leaves(cast: Cast) -> None:
    room, client = cast.couples_room, signed_in(cast.partner)
    page = f"/rooms/{room.code}/leave/"
    assert "Leave this room?" in client.get(page).content.decode()

    assert client.post(page).headers["Location"] == "/rooms/"

    for gone in (page, f"/rooms/{room.code}/", f"/rooms/{room.code}/members/"):
        assert client.get(gone).status_code == 404
    assert client.post(page).status_code == 404


def test_closed_room_invites_nobody(cast: Cast, alone: Room) -> None:
    invited(cast.client, alone, KIM)
    Room.objects.filter(pk=alone.pk).update(closed_at=NOW)
    client = signed_in(cast.client)

    shown = client.get(f"/rooms/{alone.code}/members/").content.decode()

    assert "Send it again" not in shown
    assert "Send the invitation" not in shown
    for act in ("members", "invitation/resend"):
        answer = client.post(f"/rooms/{alone.code}/{act}/", {"address": "lee@example.org"})
        assert answer.status_code == 409
    assert client.post(f"/rooms/{alone.code}/invitation/revoke/").status_code == 302


def test_name_of_a_member_is_text_and_nothing_else(cast: Cast, alone: Room) -> None:
    odd = make_person("Kim Partner")
    Person.objects.filter(pk=odd.pk).update(name="<script>alert(1)</script>")
    Membership.objects.create(room=alone, person=odd, role="partner", joined_at=NOW)

    page = signed_in(cast.client).get(f"/rooms/{alone.code}/members/").content.decode()

    assert "<script>alert(1)" not in page
