"""People and rooms as an admin sets them up: who may, what follows, what is on record."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alcove.billing.actions.cover_room import cover_room
from alcove.billing.errors import CoverageEndsBefore
from alcove.billing.ledger import balance
from alcove.billing.models import Entitlement
from alcove.booking.actions.call_off import close_room
from alcove.booking.models import Appointment, Ending, TimeClaim
from alcove.core.errors import DomainError, NotFound
from alcove.core.jobs import run_due
from alcove.core.models import AuditRow
from alcove.notifications.models import Delivery
from alcove.people.actions.invite_person import (
    accept_person_invitation,
    invite_person,
    resend_person_invitation,
)
from alcove.people.errors import (
    AddressKnown,
    LastAdmin,
    NoOpenInvitation,
    ProvidesRooms,
    WelcomeDead,
)
from alcove.people.models import Person, PersonInvitation
from alcove.people.person_invitations import GOOD_FOR
from alcove.practice.actions.deactivate import deactivate, give_roles_to, withdraw_invitation
from alcove.rooms.actions.open_room import open_room, reopen_room
from alcove.rooms.errors import NotAProvider, OneAndTheSame, PersonGone, RoomExists
from alcove.rooms.models import Membership, Room
from tests.cast import CREDITS, NOW, Cast, at, book, book_confirmed, make_person
from tests.untouched import insert, refused, refused_by_the_database

WHY = "They moved away"


def invite(cast: Cast, **changes: object) -> Person:
    values: dict[str, object] = {
        "email": "New@Example.org",
        "name": "Nina New",
        "roles": [],
        "language": "en",
        "time_zone": "Europe/Berlin",
    }
    return invite_person(actor=cast.admin, now=NOW, **(values | changes))  # type: ignore[arg-type]  # as the test chooses


def token_of(address: str) -> str:
    """The secret in the latest letter to this address."""
    letter = Delivery.objects.filter(address=address).order_by("-pk")[0]
    found = re.search(r"/you/welcome/([\w-]+)/", letter.text)
    assert found
    return found[1]


def acts(subject: str) -> list[str]:
    """What is on record about a subject, looks left out."""
    rows = AuditRow.objects.filter(subject=subject).exclude(act="looked").order_by("sequence")
    return list(rows.values_list("act", flat=True))


def test_invited_person_signs_in_once_by_the_mailed_link(cast: Cast, client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        admin = Client()
        admin.force_login(cast.admin)
        answer = admin.post(
            reverse("practice:invite"),
            {
                "name": "Nina New",
                "email": "New@example.org",
                "roles": ["staff"],
                "language": "es",
                "time_zone": "Europe/Madrid",
            },
        )
        assert answer.status_code == 302
        person = Person.objects.get(email="new@example.org")
        address = reverse("people:welcome", args=[token_of(person.email)])

        assert client.get(address).status_code == 200
        assert client.post(address).status_code == 302
        assert client.session["_auth_user_id"] == str(person.pk)
        assert Client().post(address).status_code == 410

    assert (person.is_staff, person.is_admin, person.language) == (True, False, "es")
    assert acts(person.key) == ["person.invited"]
    letter = Delivery.objects.get(address=person.email)
    assert "Nina" not in letter.subject + letter.text
    assert letter.holds_a_key


def test_link_is_kept_as_a_hash_and_dies_after_seven_days(cast: Cast) -> None:
    person = invite(cast)
    token = token_of(person.email)

    assert not PersonInvitation.objects.filter(token_hash=token).exists()
    with refused(WelcomeDead):
        accept_person_invitation(token=token, now=NOW + GOOD_FOR)
    with refused(WelcomeDead):
        accept_person_invitation(token="nonsense", now=NOW)
    assert accept_person_invitation(token=token, now=NOW) == person
    with refused(WelcomeDead):
        accept_person_invitation(token=token, now=NOW)
    with refused(NoOpenInvitation):
        resend_person_invitation(actor=cast.admin, person=person, now=NOW)


def test_invitation_sent_again_kills_the_former_link(cast: Cast) -> None:
    person = invite(cast)
    former = token_of(person.email)

    resend_person_invitation(actor=cast.admin, person=person, now=NOW)

    with refused(WelcomeDead):
        accept_person_invitation(token=former, now=NOW)
    assert accept_person_invitation(token=token_of(person.email), now=NOW) == person


def test_withdrawn_invitation_lets_nobody_in_until_it_is_sent_again(cast: Cast) -> None:
    person = invite(cast)
    token = token_of(person.email)

    withdraw_invitation(actor=cast.admin, person=person, reason=WHY, now=NOW)

    with refused(WelcomeDead):
        accept_person_invitation(token=token, now=NOW)
    with refused(NoOpenInvitation):
        withdraw_invitation(actor=cast.admin, person=person, reason=WHY, now=NOW)
    resend_person_invitation(actor=cast.admin, person=person, now=NOW)
    assert accept_person_invitation(token=token_of(person.email), now=NOW) == person


def test_address_belongs_to_one_person(cast: Cast, client: Client) -> None:
    with refused(AddressKnown):
        invite(cast, email=" CORA@example.org ")
    client.force_login(cast.admin)
    typed = {
        "name": "Another Cora",
        "email": "cora@example.org",
        "language": "en",
        "time_zone": "UTC",
    }

    answer = client.post(reverse("practice:invite"), typed)

    assert answer.status_code == 422
    assert "Another Cora" in answer.content.decode()


def test_database_allows_a_person_one_open_invitation(cast: Cast) -> None:
    person = invite(cast)
    row = {
        "person_id": person.pk,
        "invited_by_id": cast.admin.pk,
        "token_hash": "another",
        "invited_at": NOW,
        "expires_at": NOW + GOOD_FOR,
    }
    with refused_by_the_database("(?i)unique"):
        insert("people_personinvitation", **row)
    with refused_by_the_database("person_invitation_accepted_is_closed"):
        insert("people_personinvitation", **row | {"accepted_at": NOW})
    with refused_by_the_database("person_invitation_expires_later"):
        insert("people_personinvitation", **row | {"closed_at": NOW, "expires_at": NOW})


def test_roles_change_with_a_reason_and_hold_at_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    address = reverse("practice:roles", args=[cast.stranger.pk])

    assert client.post(address, {"roles": ["admin"]}).status_code == 422
    assert client.post(address, {"roles": ["admin"], "reason": WHY}).status_code == 302

    cast.stranger.refresh_from_db()
    assert (cast.stranger.is_admin, cast.stranger.is_staff) == (True, True)
    row = AuditRow.objects.get(act="person.roles_changed")
    assert (row.reason, row.data) == (WHY, {"from": [], "to": ["staff", "admin"]})


def test_last_active_admin_stays_one(cast: Cast) -> None:
    gone = make_person("Otto Once", is_admin=True, is_active=False)
    with refused(LastAdmin):
        give_roles_to(actor=cast.admin, person=cast.admin, roles=["staff"], reason=WHY, now=NOW)
    with refused(LastAdmin):
        deactivate(actor=cast.admin, person=cast.admin, reason=WHY, now=NOW)

    Person.objects.filter(pk=gone.pk).update(is_active=True)
    gone.refresh_from_db()
    deactivate(actor=cast.admin, person=cast.admin, reason=WHY, now=NOW)
    with refused(LastAdmin):
        deactivate(actor=gone, person=gone, reason=WHY, now=NOW)


def test_admin_who_gives_the_role_up_is_led_home(cast: Cast, client: Client) -> None:
    make_person("Otto Other", is_admin=True)
    client.force_login(cast.admin)
    address = reverse("practice:roles", args=[cast.admin.pk])

    answer = client.post(address, {"roles": [], "reason": WHY})

    assert answer.headers["Location"] == reverse("home")
    assert client.get(address).status_code == 404


def test_provider_with_open_rooms_stays_one(cast: Cast) -> None:
    with refused(ProvidesRooms):
        give_roles_to(actor=cast.admin, person=cast.provider, roles=[], reason=WHY, now=NOW)


@pytest.mark.parametrize("who", ["client", "provider"])
def test_deactivating_shows_and_cancels_what_is_booked_at_no_cost(
    cast: Cast, client: Client, who: str
) -> None:
    person = getattr(cast, who)
    confirmed, asked = book_confirmed(cast.room, at(4, 9)), book(cast.couples_room, at(5, 9))
    past = book_confirmed(cast.room, at(3, 9))
    client.force_login(cast.admin)
    address = reverse("practice:deactivate", args=[person.pk])
    with time_machine.travel(at(3, 9, 10), tick=False):
        page = client.get(address).content.decode()
        assert "2 booked sessions are cancelled." in page

        assert client.post(address, {"reason": WHY}).status_code == 302

    states = dict(Appointment.objects.values_list("code", "status"))
    assert states == {
        confirmed.code: "cancelled",
        asked.code: "cancelled",
        past.code: "confirmed",
    }
    assert set(Ending.objects.values_list("cost", "ended_by")) == {("free", cast.admin.pk)}
    assert balance(cast.couples_room, at(3, 10)).available == CREDITS
    assert TimeClaim.objects.exclude(appointment=past).count() == 0
    assert acts(person.key) == ["person.deactivated"]


def test_deactivated_person_is_signed_out_and_others_are_told(cast: Cast, client: Client) -> None:
    book_confirmed(cast.room, at(4, 9))
    client.force_login(cast.client)
    assert client.get(reverse("booking:schedule")).status_code == 200

    deactivate(actor=cast.admin, person=cast.client, reason=WHY, now=NOW)

    assert client.get(reverse("booking:schedule")).status_code == 302
    while run_due(now=NOW):
        pass
    told = Delivery.objects.filter(subject="About a booking").values_list("person__name", flat=True)
    assert list(told) == ["Petra Provider"]


def test_partner_goes_and_the_couples_sessions_stay(cast: Cast) -> None:
    session = book_confirmed(cast.couples_room, at(4, 9))

    assert deactivate(actor=cast.admin, person=cast.partner, reason=WHY, now=NOW) == []

    session.refresh_from_db()
    assert session.status == "confirmed"


def test_reactivated_person_can_sign_in_again(cast: Cast, client: Client) -> None:
    deactivate(actor=cast.admin, person=cast.client, reason=WHY, now=NOW)
    client.force_login(cast.admin)

    client.post(reverse("practice:reactivate", args=[cast.client.pk]), {"reason": "Back"})

    assert Person.objects.get(pk=cast.client.pk).is_active
    assert acts(cast.client.key) == ["person.deactivated", "person.reactivated"]


def test_room_is_opened_and_covered_and_can_be_booked(cast: Cast, client: Client) -> None:
    person = invite(cast)
    client.force_login(cast.admin)
    with time_machine.travel(NOW, tick=False):
        opened = client.post(
            reverse("practice:open_room", args=[person.pk]),
            {"provider": cast.provider.pk, "kind": "individual"},
        )
        room = Room.objects.get(owner=person)
        assert opened.headers["Location"] == reverse("practice:room", args=[room.code])
        client.post(
            opened.headers["Location"],
            {"plan": cast.plan.pk, "state": "active", "starts_on": "2026-03-02"},
        )

    assert set(room.memberships.values_list("role", flat=True)) == {"owner", "provider"}
    assert balance(room, NOW).available == cast.plan.credits_per_period
    assert book(room, at(4, 9)).status == "requested"
    assert acts(f"room:{room.code}") == ["room.opened", "room.covered"]


def test_room_that_cannot_be_opened_changes_nothing(cast: Cast) -> None:
    gone = make_person("Otto Once", is_active=False)
    new = invite(cast)

    def opening(error: type[DomainError], client: Person, provider: Person) -> None:
        with refused(error):
            open_room(
                actor=cast.admin, client=client, provider=provider, kind="individual", now=NOW
            )

    opening(RoomExists, cast.client, cast.provider)
    opening(OneAndTheSame, cast.provider, cast.provider)
    opening(NotAProvider, new, cast.stranger)
    opening(PersonGone, gone, cast.provider)


def test_plan_that_ends_before_it_begins_changes_nothing(cast: Cast) -> None:
    with refused(CoverageEndsBefore):
        cover_room(
            actor=cast.admin,
            room=cast.room,
            plan=cast.plan,
            state="active",
            starts_on=at(2, 0).date(),
            ends_on=at(2, 0).date(),
            now=NOW,
        )
    assert Entitlement.objects.get(room=cast.room).starts_on == at(1, 0).date()


def test_closed_room_is_read_only_and_its_sessions_are_cancelled(cast: Cast) -> None:
    session = book_confirmed(cast.room, at(4, 9))

    close_room(actor=cast.admin, room=cast.room, reason=WHY, now=NOW)

    session.refresh_from_db()
    cast.room.refresh_from_db()
    assert (session.status, cast.room.closed_at) == ("cancelled", NOW)
    assert acts(f"room:{cast.room.code}") == ["room.closed"]
    reopen_room(actor=cast.admin, room=cast.room, now=NOW)
    assert Room.objects.get(pk=cast.room.pk).closed_at is None


def test_closed_room_is_not_opened_beside_another(cast: Cast) -> None:
    close_room(actor=cast.admin, room=cast.room, reason=WHY, now=NOW)
    open_room(
        actor=cast.admin, client=cast.client, provider=cast.provider, kind="individual", now=NOW
    )

    with refused(RoomExists):
        reopen_room(actor=cast.admin, room=cast.room, now=NOW)


def test_nobody_but_admins_does_any_of_it(cast: Cast) -> None:
    for person in (cast.client, cast.provider, cast.staff):
        with refused(NotFound):
            invite_person(
                actor=person, email="a@b.org", name="A", roles=["admin"], language="en",
                time_zone="UTC", now=NOW,
            )  # fmt: skip
        with refused(NotFound):
            give_roles_to(actor=person, person=person, roles=["admin"], reason=WHY, now=NOW)
        with refused(NotFound):
            deactivate(actor=person, person=cast.admin, reason=WHY, now=NOW)
        with refused(NotFound):
            close_room(actor=person, room=cast.room, reason=WHY, now=NOW)
        with refused(NotFound):
            open_room(
                actor=person, client=cast.stranger, provider=cast.provider, kind="couples", now=NOW
            )


def test_every_look_is_on_record(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    client.get(reverse("practice:people"))
    client.get(reverse("practice:person", args=[cast.client.pk]))
    client.get(reverse("practice:room", args=[cast.room.code]))

    looks = AuditRow.objects.filter(act="looked").order_by("sequence")
    assert list(looks.values_list("subject", flat=True)) == [
        "people",
        cast.client.key,
        f"room:{cast.room.code}",
    ]


def test_people_are_found_by_words_and_role(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    def found(**query: str) -> list[str]:
        page = client.get(reverse("practice:people"), query).context["page"]
        return [person.name for person in page]

    assert found(q="petra") == ["Petra Provider"]
    assert found(q="EXAMPLE oskar") == ["Oskar Other"]
    assert found(role="provider") == ["Oskar Other", "Petra Provider"]
    assert found(q="petra", role="client") == []
    assert found(role="nonsense") == found()
    assert found(q="%") == []


def test_list_of_ten_thousand_people_is_paged_in_the_same_statements(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.admin)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("practice:people"))
    Person.objects.bulk_create(
        Person(email=f"p{number}@example.org", name=f"Person {number:05}", joined_at=NOW)
        for number in range(10_000)
    )

    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("practice:people"), {"page": "150"})

    assert len(page.context["page"]) == 50
    assert len(many) == len(few) == PEOPLE_QUERIES


PEOPLE_QUERIES = 12


def test_page_of_a_person_asks_the_same_for_one_room_and_for_many(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.admin)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("practice:person", args=[cast.stranger.pk]))
    for number in range(5):
        owner = make_person(f"C{number} Client")
        room = Room.objects.create(owner=owner, provider=cast.provider, opened_at=NOW)
        Membership.objects.create(room=room, person=cast.stranger, role="owner", joined_at=NOW)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("practice:person", args=[cast.stranger.pk]))

    assert len(many) == len(one) == PERSON_QUERIES


PERSON_QUERIES = 15
