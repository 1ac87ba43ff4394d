"""The shelf, one guide, and the ways to them from pages; signed in and signed out."""

import re

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from alcove.guides.guide import LEAD
from alcove.guides.library import guides
from tests.cast import Cast, at, hold

pytestmark = pytest.mark.django_db


def headings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", page)


def help_links(page: str) -> list[str]:
    found = re.search(r'<nav class="page-help".*?</nav>', page, re.DOTALL)
    return re.findall(r'href="([^"]+)"', found[0]) if found else []


class TestShelf:
    @pytest.mark.parametrize(
        ("role", "first"),
        [
            ("client", "For clients"),
            ("provider", "For providers"),
            ("staff", "For staff"),
            ("nobody", "For clients"),
        ],
    )
    def test_own_guides_stand_first(self, cast: Cast, role: str, first: str) -> None:
        client = Client()
        if role != "nobody":
            client.force_login(getattr(cast, role))

        page = client.get("/help/").content.decode()

        assert headings(page)[0] == first
        for guide in guides("en").values():
            assert f'href="/help/{guide.slug}/"' in page

    def test_reader_gets_their_own_language(self, cast: Cast) -> None:
        cast.client.language = "es"
        cast.client.save()
        client = Client()
        client.force_login(cast.client)

        response = client.get("/help/")

        assert response["Content-Language"] == "es"
        assert "Reservar una sesión en vivo" in response.content.decode()

    def test_visitor_gets_the_browsers_language(self) -> None:
        page = Client(headers={"accept-language": "es-MX,es"}).get("/help/")

        assert '<html lang="es"' in page.content.decode()

    def test_search_asks_the_database_nothing_more(
        self, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = Client()
        client.force_login(cast.client)

        # The session, the reader, and what the frame of every page asks for.
        with django_assert_num_queries(3):
            client.get("/help/")
        with django_assert_num_queries(3):
            client.get("/help/?q=credit")
        with django_assert_num_queries(3):
            client.get("/help/cancel/")


class TestSearch:
    def test_finds_and_marks(self) -> None:
        page = Client().get("/help/?q=cámara denegada", headers={"accept-language": "es"})

        assert 'href="/help/trouble-in-a-session/#' in page.content.decode()
        assert "<mark>" in page.content.decode()

    def test_nothing_found_says_how_to_go_on(self) -> None:
        page = Client().get("/help/?q=xylophone").content.decode()

        assert "Nothing found" in page
        assert re.search(r'<a class="button button--primary" href="/support/', page)
        assert "For clients" in page

    def test_other_language_is_looked_through_where_the_own_has_nothing(self) -> None:
        page = Client().get("/help/?q=contraseña").content.decode()

        assert 'href="/help/es/sign-in/' in page
        assert 'lang="es"' in page

    @pytest.mark.parametrize("words", ["", "   ", "\0", "%", "<script>", "a" * 5000, "…", "the"])
    def test_odd_words_are_answered(self, words: str) -> None:
        response = Client().get("/help/", {"q": words})

        assert response.status_code == 200
        assert "<script>" not in response.content.decode().split("<main")[1]


class TestGuide:
    @pytest.mark.parametrize("slug", guides(LEAD))
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_every_guide_is_shown_in_each_language(self, slug: str, language: str) -> None:
        response = Client().get(f"/help/{language}/{slug}/")

        page = response.content.decode()
        assert response.status_code == 200
        assert f'<html lang="{language}"' in page
        assert escape(guides(language)[slug].title) in page

    def test_switch_leads_to_the_other_language_and_back(self) -> None:
        assert 'href="/help/es/cancel/"' in Client().get("/help/cancel/").content.decode()
        assert 'href="/help/en/cancel/"' in Client().get("/help/es/cancel/").content.decode()

    def test_own_settings_stay_when_a_guide_is_read_in_another_language(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.client)

        response = client.get("/help/es/cancel/")

        assert response["Content-Language"] == "es"
        assert '<html lang="en"' in client.get("/schedule/").content.decode()

    @pytest.mark.parametrize("path", ["/help/no-such/", "/help/es/no-such/", "/help/de/cancel/"])
    def test_unknown_guide_is_not_found(self, path: str) -> None:
        assert Client().get(path).status_code == 404


class TestWaysIn:
    def test_page_leads_to_the_guides_that_fit_its_reader(self, cast: Cast) -> None:
        client, provider = Client(), Client()
        client.force_login(cast.client)
        provider.force_login(cast.provider)

        for_client = client.get("/schedule/").content.decode()
        for_provider = provider.get("/schedule/").content.decode()

        assert help_links(for_client) == ["/help/book-a-session/", "/help/join-a-session/"]
        assert help_links(for_provider) == ["/help/join-a-session/", "/help/answer-requests/"]

    def test_header_leads_to_the_first_of_them(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.client)

        page = client.get("/rooms/couples/new/").content.decode()

        assert '<a class="frame__help" href="/help/couples-rooms/">' in page

    def test_refusal_leads_to_its_place(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        kept = hold(cast.room, at(6, 9))
        monkeypatch.setattr("alcove.core.clock.now", lambda: at(6, 8))
        client = Client()
        client.force_login(cast.client)

        response = client.post(f"/schedule/review/{kept.code}/", {"idempotency_key": "one"})

        assert response.status_code == 409
        assert 'href="/help/book-a-session/#gone"' in response.content.decode()
