"""The practice's own words, colours and logo."""

import io
import json
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from alcove.people import crisis
from alcove.people.actions.ask_for_deletion import ask_for_deletion
from alcove.people.actions.change_practice import change_practice
from alcove.people.colours import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    contrast,
    dark_accent,
    light_accent,
    require_readable,
)
from alcove.people.errors import AccentUnreadable
from alcove.people.models import Practice, PracticeLogo
from tests.cast import NOW, Cast, at, hold
from tests.untouched import refused, refused_by_the_database, run_sql

LIGHT, DARK = "#5b2a86", "#c9a7ef"
TEXTS = {
    "policy_text": "Please write to us.\nWe are kind.",
    "policy_text_es": "",
    "crisis_text": "Call 024 at any hour.",
    "crisis_text_es": "Llama al 024 a cualquier hora.",
    "crisis_link": "https://example.org/help",
    "accent_light": LIGHT,
    "accent_dark": DARK,
}


@pytest.fixture(autouse=True)
def _own_file(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CRISIS_FILE = tmp_path / "crisis.json"
    monkeypatch.setattr(crisis, "_kept", None)


def save(cast: Cast, client: Client, **changes: str) -> int:
    """The admin saves the page with some of it typed anew; the status of the answer."""
    client.force_login(cast.admin)
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(reverse("practice:texts"), TEXTS | changes).status_code


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ffffff", "#ffffff") == 1


def test_grounds_are_those_of_the_stylesheet() -> None:
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()

    for number, name in enumerate(("paper", "surface", "sunken")):
        assert f"--{name}: light-dark({LIGHT_GROUNDS[number]}, {DARK_GROUNDS[number]})" in tokens


def test_our_own_accents_can_be_read() -> None:
    require_readable("#1d6156", "#84cbbb")
    assert light_accent("#1d6156").weakest(LIGHT_GROUNDS) > 4.5
    assert dark_accent("#84cbbb").weakest(DARK_GROUNDS) > 4.5


@pytest.mark.parametrize(
    ("light", "dark", "theme"),
    [("#84cbbb", DARK, "light"), (LIGHT, "#1d6156", "dark"), ("#777777", DARK, "light")],
)
def test_colour_that_is_hard_to_read_is_refused_with_words(
    cast: Cast, client: Client, light: str, dark: str, theme: str
) -> None:
    assert save(cast, client, accent_light=light, accent_dark=dark) == 422
    page = client.post(
        reverse("practice:texts"), TEXTS | {"accent_light": light, "accent_dark": dark}
    ).content.decode()

    assert "In that colour words are hard to read" in page
    assert f'value="{light}"' in page
    assert Practice.load().policy_text == ""
    with refused(AccentUnreadable) as caught:
        change_practice(actor=cast.admin, now=NOW, accent_light=light, accent_dark=dark)
    assert caught.value.data["theme"] == theme


@pytest.mark.parametrize(
    "wrong",
    [
        {"accent_light": "green"},
        {"accent_dark": ""},
        {"crisis_link": "javascript:alert(1)"},
        {"policy_text": "x" * 2001},
    ],
)
def test_wrong_input_changes_nothing(cast: Cast, client: Client, wrong: dict[str, str]) -> None:
    assert save(cast, client, **wrong) == 422
    assert Practice.load().crisis_text == ""


def test_database_keeps_the_two_colours_together(cast: Cast) -> None:
    with refused_by_the_database("practice_accents_are_a_pair"):
        run_sql("UPDATE people_practice SET accent_light = '#000000'")


def test_colours_come_as_a_stylesheet_of_our_own(cast: Cast, client: Client) -> None:
    assert save(cast, client) == 302

    page = Client().get("/account/login/").content.decode()
    found = re.search(r'href="(/look/[^"]+\.css)"', page)
    assert found
    answer = Client().get(found[1])

    assert answer.headers["Content-Type"] == "text/css"
    assert f"--accent:light-dark({LIGHT},{DARK});" in answer.content.decode()
    assert "immutable" in answer.headers["Cache-Control"]
    other = reverse("look_colours", args=["000000", "ffffff"])
    assert Client().get(other).status_code == 404


def test_policy_of_the_practice_stands_below_the_rules(cast: Cast, client: Client) -> None:
    save(cast, client)
    client.force_login(cast.client)
    with time_machine.travel(NOW, tick=False):
        client.force_login(cast.client)
        kept = hold(cast.room, at(4, 9))
        page = client.get(reverse("booking:review", args=[kept.code])).content.decode()

    assert "Please write to us." in page


def test_crisis_page_has_the_practices_words_in_both_languages(cast: Cast, client: Client) -> None:
    save(cast, client)

    english = Client().get("/crisis/", headers={"accept-language": "en"}).content.decode()
    spanish = Client().get("/crisis/", headers={"accept-language": "es"}).content.decode()

    assert "Call 024 at any hour." in english
    assert "Llama al 024 a cualquier hora." in spanish
    assert 'href="https://example.org/help"' in english


def test_crisis_page_needs_no_database() -> None:
    """Without the mark for a database, each statement would fail the test."""
    crisis._write(
        Path(settings.CRISIS_FILE),
        json.dumps({"name": "Linden", "text": "Call 024.", "text_es": "", "link": ""}),
    )

    assert "Call 024." in Client().get("/crisis/").content.decode()


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"name": 1}', '{"other": "x"}'])
def test_broken_file_leaves_the_page_with_our_own_words(broken: str) -> None:
    Path(settings.CRISIS_FILE).write_text(broken)

    answer = Client().get("/crisis/")

    assert answer.status_code == 200
    assert "findahelpline.com" in answer.content.decode()


def test_page_of_any_process_keeps_the_file_true(cast: Cast) -> None:
    Practice.objects.update(crisis_text="Changed by an import.")

    Client().get("/account/login/")

    assert crisis.read().text == "Changed by an import."


def test_disk_that_refuses_is_no_reason_to_fail(cast: Cast, settings: Settings) -> None:
    settings.CRISIS_FILE = Path("/nowhere/at/all/crisis.json")

    assert Client().get("/account/login/").status_code == 200


def picture(kind: str = "PNG", side: int = 900) -> SimpleUploadedFile:
    """A picture of this kind."""
    file = io.BytesIO()
    Image.new("RGB", (side, side // 2), "#5b2a86").save(file, kind)
    return SimpleUploadedFile("logo.svg", file.getvalue())


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("WEBP", "image/webp"), ("JPEG", "image/jpeg")]
)
def test_logo_is_made_small_and_served_as_a_picture(
    cast: Cast, client: Client, kind: str, media_type: str
) -> None:
    client.force_login(cast.admin)

    assert client.post(reverse("practice:logo"), {"logo": picture(kind)}).status_code == 302

    page = Client().get("/account/login/").content.decode()
    found = re.search(r'class="brand__logo" src="([^"]+)"', page)
    assert found
    answer = Client().get(found[1])
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert max(Image.open(io.BytesIO(answer.content)).size) == 512
    client.post(reverse("practice:remove_logo"))
    assert not PracticeLogo.objects.exists()
    assert Client().get(found[1]).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7 %%EOF",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\nbroken",
        b"x" * 600_000,
    ],
    ids=["svg", "pdf", "gif", "broken", "large"],
)
def test_other_files_are_refused_by_their_content(
    cast: Cast, client: Client, content: bytes
) -> None:
    client.force_login(cast.admin)
    file = SimpleUploadedFile("logo.png", content, content_type="image/png")

    answer = client.post(reverse("practice:logo"), {"logo": file})

    assert answer.status_code == 422
    assert not PracticeLogo.objects.exists()
    assert Practice.load().logo_digest == ""


def test_files_of_several_megabytes_reach_the_pages_that_take_them(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.admin)
    file = SimpleUploadedFile("large.png", b"x" * 3_000_000)

    assert client.post(reverse("practice:logo"), {"logo": file}).status_code == 422
    file.seek(0)
    assert client.post("/you/", {"logo": file}).status_code == 413


def test_worker_fetches_the_crisis_page_anew_when_its_words_change(
    cast: Cast, client: Client
) -> None:
    before = Client().get("/sw.js").content

    save(cast, client)

    assert Client().get("/sw.js").content != before


def test_home_tells_how_many_wait_for_their_deletion(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    assert "waits" not in client.get(reverse("practice:home")).content.decode().split("<main")[1]

    ask_for_deletion(actor=cast.client, words="", now=NOW)

    assert "1 waits" in client.get(reverse("practice:home")).content.decode()
