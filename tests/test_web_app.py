"""Manifest, service worker, icons and the page that a device may keep."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image, ImageChops
from pytest_django import DjangoAssertNumQueries

from alcove.people.middleware import reader_mark
from alcove.people.models import Practice
from tests.cast import NOW, Cast, at, book, book_confirmed
from tests.icons import icons

TOKENS = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()


def file_of(address: str) -> Path:
    found = finders.find(address.removeprefix(settings.STATIC_URL))
    assert isinstance(found, str)
    return Path(found)


def picture(path: Path) -> Image.Image:
    with Image.open(path) as found:
        return found.convert("RGBA")


@pytest.fixture
def at_the_casts_time() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def parts_of(client: Client) -> dict[str, object]:
    first = client.get("/sw.js").content.decode().split("\n", 1)[0]
    found: dict[str, object] = json.loads(first.removeprefix("globalThis.PARTS = ").rstrip(";"))
    return found


def test_manifest_names_the_practice_and_stands_alone(client: Client, db: None) -> None:
    Practice.objects.create(name="Linden Practice")

    response = client.get("/manifest.webmanifest")

    manifest = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (manifest["name"], manifest["short_name"]) == ("Linden Practice", "Alcove")
    assert (manifest["start_url"], manifest["scope"]) == ("/schedule/", "/")
    assert manifest["display"] == "standalone"
    assert client.get(manifest["start_url"]).status_code == 302


def test_icons_of_the_manifest_are_there_in_the_size_and_type_they_claim(
    client: Client, db: None
) -> None:
    listed = client.get("/manifest.webmanifest").json()["icons"]

    pictures = [icon for icon in listed if icon["type"] == "image/png"]
    sizes = [picture(file_of(icon["src"])).size for icon in pictures]
    assert [f"{width}x{height}" for width, height in sizes] == [icon["sizes"] for icon in pictures]
    assert {(icon["sizes"], icon["purpose"]) for icon in pictures} == {
        (f"{size}x{size}", purpose) for size in (192, 512) for purpose in ("any", "maskable")
    }
    drawing = next(icon for icon in listed if icon["sizes"] == "any")
    assert file_of(drawing["src"]).suffix == ".svg"


def test_icons_in_the_folder_are_those_that_are_drawn() -> None:
    folder = Path(settings.BASE_DIR) / "static" / "img"

    assert sorted(path.name for path in folder.glob("*.png")) == sorted(icons())
    for name, drawn in icons().items():
        difference = ImageChops.difference(picture(folder / name), drawn).getextrema()
        assert all(isinstance(band, tuple) and band[1] <= 8 for band in difference), name


def test_maskable_icon_has_its_mark_inside_of_what_is_never_cut_off() -> None:
    icon = icons()["icon-maskable-512.png"].convert("RGB")
    ground = icon.getpixel((0, 0))
    marked = [
        (x - 255.5, y - 255.5)
        for x in range(0, 512, 4)
        for y in range(0, 512, 4)
        if icon.getpixel((x, y)) != ground
    ]

    assert max(x * x + y * y for x, y in marked) ** 0.5 <= 0.4 * 512


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_outside_of_the_stylesheets_are_the_papers(
    scheme: str, client: Client, db: None
) -> None:
    found = re.search(r"--paper: light-dark\((#\w+), (#\w+)\)", TOKENS)
    assert found
    paper = {"light": found[1], "dark": found[2]}[scheme]

    page = client.get("/account/login/").content.decode()

    assert f'content="{paper}" media="(prefers-color-scheme: {scheme})"' in page
    assert client.get("/manifest.webmanifest").json()["theme_color"] == found[1]


def test_worker_is_a_script_for_the_whole_site_and_is_asked_for_anew(
    client: Client, db: None
) -> None:
    response = client.get("/sw.js")

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in response["Content-Security-Policy"]


def test_worker_keeps_nothing_that_needs_a_sign_in(client: Client, db: None) -> None:
    shell = parts_of(client)["shell"]

    assert isinstance(shell, list)
    pages = [path for path in shell if not path.startswith(settings.STATIC_URL)]
    assert [client.get(path).status_code for path in pages] == [200, 200]
    assert all(file_of(path) for path in shell if path not in pages)


def test_worker_is_another_as_soon_as_what_it_keeps_is_another(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = parts_of(client)
    monkeypatch.setattr("alcove.web_app.static", lambda name: f"/static/new/{name}")

    assert parts_of(client)["version"] != before["version"]


def test_answers_name_their_reader_by_a_mark_that_is_always_the_same(
    cast: Cast, client: Client
) -> None:
    marks: dict[str, set[str]] = {}
    for role in ("client", "partner", "client"):
        client.force_login(getattr(cast, role))
        marks.setdefault(role, set()).add(client.get("/schedule/")["Alcove-Reader"])
    client.logout()

    assert marks["client"] == {reader_mark(cast.client)}
    assert marks["client"].isdisjoint(marks["partner"])
    assert client.get("/account/login/")["Alcove-Reader"] == "nobody"


def test_page_that_a_device_keeps_shows_the_next_sessions_without_a_name(
    cast: Cast, client: Client, at_the_casts_time: None
) -> None:
    confirmed = book_confirmed(cast.room, at(4, 9))
    book(cast.couples_room, at(5, 14), modality="audio")
    client.force_login(cast.client)

    response = client.get("/schedule/offline/")

    page = response.content.decode()
    assert page.index("Wednesday, March 4, 10:00 AM") < page.index("Thursday, March 5, 3:00 PM")
    assert "Video, 45 minutes" in page
    assert "Berlin (GMT+1)" in page
    assert f"/live/{confirmed.code}/" in page
    assert "No connection" in page
    assert "/crisis/" in page
    for name in ("Cora", "Paul", "Petra", "Linden"):
        assert name not in page
    assert "<script" not in page


def test_page_that_a_device_keeps_says_so_when_nothing_is_booked(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.stranger)

    assert "No live session is booked" in client.get("/schedule/offline/").content.decode()


def test_page_that_a_device_keeps_asks_the_database_as_often_for_three_as_for_one(
    cast: Cast,
    client: Client,
    at_the_casts_time: None,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.force_login(cast.client)
    for hours in ([9], [11, 13]):
        for hour in hours:
            book(cast.room, at(4, hour), now=NOW)
        with django_assert_num_queries(4):
            client.get("/schedule/offline/")
