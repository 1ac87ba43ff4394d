"""Settings, the one-time link, and the page that must always answer."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from alcove.core import clock
from alcove.people.models import Person
from alcove.people.sign_in_links import make_link
from tests.cast import Cast


def test_settings_are_saved_and_confirmed_in_the_language_just_chosen(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.client)

    response = client.post(
        reverse("people:settings"),
        {
            "name": "Cora C.",
            "time_zone": "America/Lima",
            "language": "es",
            "idempotency_key": "k",
        },
        follow=True,
    )

    person = Person.objects.get(pk=cast.client.pk)
    assert (person.name, person.time_zone, person.language) == ("Cora C.", "America/Lima", "es")
    assert response["Content-Language"] == "es"


def test_wrong_settings_keep_what_was_typed_and_change_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.client)

    response = client.post(
        reverse("people:settings"),
        {"name": "Typed Name", "time_zone": "Mars/Olympus", "language": "en"},
    )

    assert response.status_code == 422
    assert 'value="Typed Name"' in response.content.decode()
    assert Person.objects.get(pk=cast.client.pk).name == "Cora Client"


def test_zone_switch_goes_back_to_the_page_it_was_offered_on(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.client)

    response = client.post(
        reverse("people:switch_zone"), {"time_zone": "Asia/Tokyo", "next": "/schedule/"}
    )

    assert response["Location"] == "/schedule/"
    assert Person.objects.get(pk=cast.client.pk).time_zone == "Asia/Tokyo"


def test_zone_switch_never_leads_to_another_site(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.client)

    response = client.post(
        reverse("people:switch_zone"), {"time_zone": "Asia/Tokyo", "next": "//evil.example"}
    )

    assert response["Location"] == reverse("people:settings")


def test_page_for_the_code_says_once_where_it_went(cast: Cast) -> None:
    page = Client().post("/account/login/code/", {"email": cast.client.email}, follow=True)

    text = page.content.decode()
    assert "Enter your sign-in code" in text
    assert text.count(cast.client.email) == 1


def test_link_asks_first_and_signs_in_once(cast: Cast) -> None:
    address = reverse("people:enter", args=[make_link(cast.client, now=clock.now())])
    client = Client()

    asked = client.get(address)
    entered = client.post(address)
    again = Client().post(address)

    assert asked.status_code == 200
    assert entered["Location"] == reverse("home")
    assert client.get(reverse("people:settings")).status_code == 200
    assert again.status_code == 410
    assert "has been used or is too old" in again.content.decode()


# No database fixture: pytest-django refuses every statement here.
@pytest.mark.parametrize("cookies", [{}, {"sessionid": "somebody"}])
def test_crisis_page_answers_without_a_database(cookies: dict[str, str]) -> None:
    client = Client()
    client.cookies.load(cookies)

    response = client.get(reverse("crisis"))

    assert response.status_code == 200
    assert 'href="https://findahelpline.com/"' in response.content.decode()


@pytest.mark.parametrize("act", ["action_add", "action_primary", "action_remove"])
def test_nobody_adds_or_changes_an_address_alone(cast: Cast, act: str) -> None:
    client = Client()
    client.force_login(cast.client)

    answer = client.post("/account/email/", {"email": "invited@example.org", act: ""})

    assert answer.status_code == 404
    assert not EmailAddress.objects.filter(email="invited@example.org").exists()
