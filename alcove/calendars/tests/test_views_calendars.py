"""Add to calendar, for the members of the room and nobody else (R8)."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.confirm import confirm_appointment
from alcove.calendars.tests.reader import read
from alcove.people.models import Person
from tests.cast import NOW, Cast, at, book, book_confirmed

LINKS = {
    "google": "https://calendar.google.com/calendar/render?",
    "outlook": "https://outlook.live.com/calendar/deeplink/compose?",
    "microsoft365": "https://outlook.office.com/calendar/deeplink/compose?",
}
PAGES = ["ics", *LINKS]


def test_file_is_neutral_and_read_by_calendars(cast: Cast, client: Client) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    client.force_login(cast.client)

    response = client.get(reverse("calendars:ics", args=[appointment.code]))

    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert response["Content-Disposition"] == 'attachment; filename="session.ics"'
    text = response.content.decode()
    found = read(text)
    assert found.event["UID"].value == appointment.uid
    assert found.event["DTSTART"].instant == at(4, 9)
    assert found.event["DTEND"].instant == at(4, 9, 45)
    assert found.event["STATUS"].value == "CONFIRMED"
    assert found.event["SUMMARY"].value == "Live session"
    for person in Person.objects.all():
        assert person.name not in text
        assert person.email not in text.replace("\r\n ", "")


def test_requested_session_is_tentative_in_the_file(cast: Cast, client: Client) -> None:
    appointment = book(cast.room, at(4, 9))
    client.force_login(cast.client)

    response = client.get(reverse("calendars:ics", args=[appointment.code]))

    assert read(response.content.decode()).event["STATUS"].value == "TENTATIVE"


@pytest.mark.parametrize("page", PAGES)
def test_every_entry_leads_to_where_the_session_is_joined(
    cast: Cast, client: Client, settings: Settings, page: str
) -> None:
    settings.BASE_URL = "https://sessions.example.org/"
    appointment = book(cast.room, at(4, 9))
    client.force_login(cast.client)
    url = f"https://sessions.example.org/live/{appointment.code}/"
    found = []

    for state in ("requested", "confirmed"):
        response = client.get(reverse(f"calendars:{page}", args=[appointment.code]))
        if page == "ics":
            event = read(response.content.decode()).event
            assert event["URL"].value == url
            place, words = event["LOCATION"].value, event["DESCRIPTION"].value
        else:
            query = dict(parse_qsl(urlsplit(response["Location"]).query))
            place, words = query["location"], query.get("details") or query["body"]
        found.append((place, words))
        if state == "requested":
            confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)

    assert found == [
        (url, f"Not confirmed yet. Join it here: {url}"),
        (url, f"Join it here: {url}"),
    ]


@pytest.mark.parametrize("page", LINKS)
def test_link_goes_to_the_web_calendar(cast: Cast, client: Client, page: str) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    client.force_login(cast.provider)

    response = client.get(reverse(f"calendars:{page}", args=[appointment.code]))

    assert response.status_code == 302
    assert response["Location"].startswith(LINKS[page])


@pytest.mark.parametrize("page", LINKS)
def test_link_of_a_cancelled_session_goes_back_to_its_page(
    cast: Cast, client: Client, page: str
) -> None:
    appointment = book(cast.room, at(4, 9))
    cancel_appointment(
        actor=cast.client,
        code=appointment.code,
        reason=cast.reason,
        words="",
        agreed="free",
        now=NOW,
    )
    client.force_login(cast.client)

    response = client.get(reverse(f"calendars:{page}", args=[appointment.code]))

    assert response["Location"] == reverse("booking:appointment", args=[appointment.code])


@pytest.mark.parametrize("page", PAGES)
def test_page_exists_for_members_of_the_room_only(cast: Cast, client: Client, page: str) -> None:
    appointment = book_confirmed(cast.couples_room, at(4, 9))
    address = reverse(f"calendars:{page}", args=[appointment.code])
    statuses = {}

    for role in ("client", "partner", "provider", "second_provider", "staff", "stranger"):
        client.force_login(getattr(cast, role))
        statuses[role] = client.get(address).status_code
    client.logout()
    signed_out = client.get(address)

    opened = 200 if page == "ics" else 302
    assert statuses == {
        "client": opened,
        "partner": opened,
        "provider": opened,
        "second_provider": 404,
        "staff": 404,
        "stranger": 404,
    }
    assert signed_out["Location"].startswith("/account/")
