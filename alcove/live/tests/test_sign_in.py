"""From the mail or the calendar to the session, for somebody who is signed out (R14)."""

import re
from html import unescape

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from alcove.people.models import Person
from tests.cast import Cast, at, book_confirmed

DOOR_IS_OPEN = at(4, 8, 50)


@pytest.fixture
def live_page(cast: Cast) -> str:
    """The address that mails and calendars carry."""
    return reverse("live:session", args=[book_confirmed(cast.couples_room, at(4, 9)).code])


def sign_in_by_code(client: Client, person: Person, address: str) -> str:
    """Open the address signed out, do what the pages ask, and say where they lead to."""
    asked = client.get(address)
    login = client.get(asked["Location"]).content.decode()
    form = re.search(r'<form[^>]*action="([^"]*/login/code/[^"]*)".*?</form>', login, re.DOTALL)
    assert form
    kept = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]*name="(next)"[^>]*value="([^"]*)"', form[0])
    }
    sent = client.post(unescape(form[1]), {"email": person.email, **kept})
    body = str(mail.outbox[-1].body)
    code = re.search(r"^([A-Z0-9]+-[A-Z0-9]+)$", body, re.MULTILINE)
    assert code, body
    page = client.get(sent["Location"]).content.decode()
    next_page = re.search(r'name="next"[^>]*value="([^"]*)"', page)
    more = {"next": unescape(next_page[1])} if next_page else {}
    return client.post(sent["Location"], {"code": code[1], **more})["Location"]


@pytest.mark.parametrize("who", ["client", "partner", "provider"])
def test_mailed_code_leads_on_to_the_session(cast: Cast, live_page: str, who: str) -> None:
    client = Client()

    with time_machine.travel(DOOR_IS_OPEN):
        address = sign_in_by_code(client, getattr(cast, who), live_page)
        page = client.get(address)

    assert (address, page.status_code) == (live_page, 200)
    assert page.context["door"] == "open"


def test_password_leads_on_to_the_session(cast: Cast, live_page: str) -> None:
    cast.client.set_password("four words of mine")
    cast.client.save()
    client = Client()

    asked = client.get(live_page)
    signed_in = client.post(
        asked["Location"], {"login": cast.client.email, "password": "four words of mine"}
    )

    assert signed_in["Location"] == live_page


def test_stranger_who_signs_in_on_the_way_finds_nothing(cast: Cast, live_page: str) -> None:
    client = Client()

    address = sign_in_by_code(client, cast.stranger, live_page)

    assert client.get(address).status_code == 404
