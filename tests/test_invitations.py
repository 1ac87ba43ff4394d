"""The way from an invitation's letter into the room, with an account and without one."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client

from alcove.notifications.models import Delivery
from alcove.people.models import Person
from alcove.rooms.models import Invitation, Membership, Room
from tests.cast import NOW, Cast, at, book, make_person
from tests.couples import TOKEN, invited, partners_own_session
from tests.visitors import signed_in

KIM = "kim@example.org"
DEAD = "This invitation cannot be used here."


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def alone(cast: Cast) -> Room:
    """The client's couples room before anybody was invited."""
    Membership.objects.get(room=cast.couples_room, role="partner").delete()
    return cast.couples_room


def link(cast: Cast, room: Room, address: str = KIM) -> str:
    """The address of the page that the letter leads to."""
    return f"/rooms/invitations/{invited(cast.client, room, address)[1]}/"


def mailed_code(address: str) -> str:
    letters = [str(one.body) for one in mail.outbox if one.to == [address]]
    found = re.search(r"^[A-Z0-9]{3,}(-[A-Z0-9]{3,})?$", letters[-1], re.MULTILINE)
    assert found, letters
    return found[0]


def enter(client: Client, page: str, address: str = KIM) -> str:
    """From the signed-out door through the mailed code; the page that it leads to."""
    client.post(page)
    answer = client.post(
        "/account/login/code/confirm/",
        {"code": mailed_code(address), "next": "/rooms/invitations/"},
        follow=True,
    )
    return answer.redirect_chain[-1][0]


def partner_of(room: Room) -> Person | None:
    found = Membership.objects.filter(room=room, role="partner").select_related("person").first()
    return found.person if found else None


def test_opening_only_asks(cast: Cast, alone: Room) -> None:
    page = link(cast, alone)

    for client in (Client(), signed_in(make_kim())):
        assert client.get(page).status_code == 200

    assert not Membership.objects.filter(role="partner").exists()
    assert Invitation.objects.get().closed_at is None


def make_kim() -> Person:
    return make_person("Kim Partner")


def test_somebody_new_gets_an_account_and_joins(cast: Cast, alone: Room) -> None:
    page, client = link(cast, alone), Client()

    assert enter(client, page) == page
    kim = Person.objects.get(email=KIM)
    assert (kim.name, partner_of(alone)) == ("", None)
    form = client.get(page).content.decode()
    assert "Cora Client invites you" in form
    refused = client.post(page, {"name": " ", "time_zone": "America/Lima"})
    assert refused.status_code == 422
    assert partner_of(alone) is None
    answer = client.post(page, {"name": "Kim Novak", "time_zone": "America/Lima"})

    assert answer.headers["Location"] == f"/rooms/{alone.code}/"
    kim.refresh_from_db()
    assert (kim.name, kim.time_zone, partner_of(alone)) == ("Kim Novak", "America/Lima", kim)


def test_somebody_known_signs_in_and_comes_back(cast: Cast, alone: Room) -> None:
    kim, page, client = make_person("Kim Partner"), link(cast, alone), Client()

    assert enter(client, page) == page
    assert 'name="name"' not in client.get(page).content.decode()
    client.post(page)

    assert partner_of(alone) == kim


def without_marks(text: str) -> str:
    """A page without what differs from one answer to the next."""
    text = re.sub(r'name="(csrfmiddlewaretoken|idempotency_key)" value="[^"]*"', "", text)
    return re.sub(r'nonce="[^"]*"', "", text)


@pytest.mark.parametrize("kind", ["known", "switched off"])
def test_no_page_or_mail_tells_whether_there_is_an_account(
    cast: Cast, alone: Room, kind: str
) -> None:
    seen = []
    for is_known in (False, True):
        if is_known:
            Person.objects.filter(email=KIM).delete()
            Invitation.objects.all().delete()
            Delivery.objects.all().delete()
            person = make_person("Kim Partner")
            Person.objects.filter(pk=person.pk).update(is_active=kind == "known")
        page, client = link(cast, alone), Client()
        door = client.get(page)
        sent = client.post(page)
        confirm = client.get(sent.headers["Location"])
        owners = signed_in(cast.client).get(f"/rooms/{alone.code}/members/")
        texts = [without_marks(one.content.decode()) for one in (door, confirm, owners)]
        seen.append((texts, sent.status_code, sent.headers["Location"]))

    assert seen[0] == seen[1]


def test_every_dead_link_gets_the_same_answer(cast: Cast, alone: Room) -> None:
    kim = make_person("Kim Partner")
    old = link(cast, alone)
    _second, token = invited(cast.client, alone, None)
    page = f"/rooms/invitations/{token}/"
    pages = {
        "replaced": (signed_in(kim), old),
        "replaced, signed out": (Client(), old),
        "made up": (signed_in(kim), f"/rooms/invitations/{TOKEN}/"),
        "made up, signed out": (Client(), f"/rooms/invitations/{TOKEN}/"),
        "cut short": (signed_in(kim), page[:-2] + "/"),
        "somebody else's": (signed_in(cast.stranger), page),
        "the owner's own": (signed_in(cast.client), page),
        "the provider's": (signed_in(cast.provider), page),
    }
    answers = {name: (one.get(where), one.post(where)) for name, (one, where) in pages.items()}
    with time_machine.travel(NOW + dt.timedelta(days=7), tick=False):
        answers["too old"] = signed_in(kim).get(page), Client().post(page)
    signed_in(cast.client).post(f"/rooms/{alone.code}/invitation/revoke/")
    answers["withdrawn"] = signed_in(kim).get(page), Client().post(page)

    for name, both in answers.items():
        for answer in both:
            assert answer.status_code == 410, name
            assert DEAD in answer.content.decode(), name
    words = {
        re.search(rf"<p>({re.escape(DEAD)}.*?)</p>", answer.content.decode(), re.DOTALL)[1]  # type: ignore[index]
        for both in answers.values()
        for answer in both
    }
    assert len(words) == 1
    assert not Person.objects.filter(name="").exists()


def test_link_of_an_accepted_invitation_leads_its_person_into_the_room(
    cast: Cast, alone: Room
) -> None:
    client, page = signed_in(make_kim()), link(cast, alone)
    client.post(page)

    assert client.get(page).headers["Location"] == f"/rooms/{alone.code}/"
    assert client.post(page).headers["Location"] == f"/rooms/{alone.code}/"
    assert signed_in(cast.stranger).get(page).status_code == 410
    assert Client().get(page).status_code == 410


def test_newcomer_who_is_not_free_is_told_what_of_their_own_it_is(cast: Cast, alone: Room) -> None:
    book(alone, at(4, 15))
    partners_own_session(cast, at(4, 15, 30))
    client, page = signed_in(cast.partner), link(cast, alone, cast.partner.email)

    answer = client.post(page)

    assert answer.status_code == 409
    text = answer.content.decode().replace("\u202f", " ")
    assert "Wed, Mar 4, 10:30 AM" in text
    assert "Join the room" in text
    assert partner_of(alone) is None


def test_codes_are_not_mailed_without_end(cast: Cast, alone: Room) -> None:
    page = link(cast, alone)

    answers = [Client().post(page).status_code for _number in range(5)]

    assert answers.count(429) >= 2
    assert len(mail.outbox) == 3


def test_address_is_compared_without_capitals_and_blanks(cast: Cast, alone: Room) -> None:
    kim = make_person("Kim Partner")

    signed_in(kim).post(link(cast, alone, "  KIM@Example.ORG "))

    assert partner_of(alone) == kim


def test_going_back_without_an_invitation_leads_home() -> None:
    assert Client().get("/rooms/invitations/").headers["Location"] == "/"


def test_link_leaves_no_trace_in_the_addresses_of_sign_in(cast: Cast, alone: Room) -> None:
    _invitation, token = invited(cast.client, alone, KIM)

    to = Client().post(f"/rooms/invitations/{token}/").headers["Location"]

    assert to == "/account/login/code/confirm/?next=%2Frooms%2Finvitations%2F"
