"""What holds for every template, stylesheet and script, whoever wrote it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
CSS = ROOT / "static" / "css"
ERROR_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"]


def templates() -> list[Path]:
    # Mails need inline styles: their readers drop stylesheets.
    return [path for path in ROOT.rglob("templates/**/*.html") if "emails" not in path.parts]


@pytest.mark.parametrize("folder", ["controllers", "lib", "live"])
def test_import_map_names_every_module_of(folder: str) -> None:
    source = (ROOT / "templates/components/import_map.html").read_text()

    mapped = re.findall(rf'"{folder}/(\w+)": "{{% static \'js/{folder}/(\w+)\.js\' %}}"', source)

    files = sorted(path.stem for path in (ROOT / "static/js" / folder).glob("*.js"))
    assert mapped == [(name, name) for name in files]


def test_templates_ask_only_for_controllers_that_exist() -> None:
    files = {path.stem for path in (ROOT / "static/js/controllers").glob("*.js")}

    asked = {
        name
        for path in templates()
        for names in re.findall(r'data-controller="([\w ]+)"', path.read_text())
        for name in names.split()
    }

    assert asked - files == set()


def test_entry_stylesheet_imports_every_other_one() -> None:
    imported = re.findall(
        r'^@import "(.+)" layer\(\w+\);$', (CSS / "app.css").read_text(), re.MULTILINE
    )

    files = {str(path.relative_to(CSS)) for path in CSS.rglob("*.css")} - {"app.css"}
    assert sorted(imported) == sorted(files)


def test_colours_are_stated_in_tokens_only() -> None:
    colour = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(", re.IGNORECASE)

    strays = {
        str(path.relative_to(CSS)): colour.findall(path.read_text())
        for path in CSS.rglob("*.css")
        if path.name != "tokens.css" and colour.search(path.read_text())
    }

    assert strays == {}


def test_templates_hold_no_inline_code_or_style() -> None:
    inline = re.compile(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*(src=|type=))")

    strays = {path.name: inline.findall(path.read_text()) for path in templates()}

    assert {name: found for name, found in strays.items() if found} == {}


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_page_stands_without_request_session_or_database(name: str) -> None:
    page = get_template(name).render()

    assert '<link rel="stylesheet"' in page
    assert 'href="/crisis/"' in page
    assert 'href="/help/"' in page
    assert "<script" not in page
