"""The README's pictures, made from the sample practice: ``python -m tests.screenshots``."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import DESKTOP, FLAGS, PHONE, find_chromium

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screenshots"
PORT = "8765"
LINK = re.compile(r"^ {2}(?P<role>\S.*?) {2,}\S.*? {2,}(?P<url>http\S+)$")


@contextmanager
def sample_practice() -> Iterator[dict[str, str]]:
    """Serve a fresh sample; gives the one-time sign-in link of each role."""
    with tempfile.TemporaryDirectory() as var:
        environment = {**os.environ, "ALCOVE_VAR": var, "PORT": PORT, "PYTHONUNBUFFERED": "1"}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "alcove.cli", "start"]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        links: dict[str, str] = {}
        for line in server.stdout:
            if match := LINK.match(line):
                links[match["role"]] = match["url"]
            if line.startswith("Stop with"):
                break
        try:
            yield links
        finally:
            server.terminate()
            server.wait(timeout=20)


def sign_in(page: Page, link: str) -> None:
    """Use a one-time link; the server may need a moment to listen."""
    for _ in range(50):
        try:
            page.goto(link)
            break
        except Exception:  # noqa: BLE001 - whatever the browser says of a port not open yet
            page.wait_for_timeout(100)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/schedule/")


def keep(page: Page, name: str) -> None:
    """Write one picture."""
    page.screenshot(path=PICTURES / f"{name}.png")


def book(page: Page) -> None:
    """The client's way to the review page, with the pictures on it."""
    keep(page, "schedule")
    page.get_by_role("link", name="Book or start a session").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").click()
    keep(page, "choose-a-time")
    page.locator("button.slot").first.click()
    keep(page, "review")


def main() -> None:
    """Make all of them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sample_practice() as links, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        zone = "America/New_York"
        page = browser.new_page(viewport=DESKTOP, timezone_id=zone, color_scheme="light")
        sign_in(page, links["client"])
        book(page)
        phone = browser.new_page(viewport=PHONE, timezone_id="America/Chicago", color_scheme="dark")
        sign_in(phone, links["client of a couple"])
        keep(phone, "phone")
        provider = browser.new_page(viewport=DESKTOP, timezone_id=zone, color_scheme="light")
        sign_in(provider, links["provider"])
        provider.get_by_role("link", name="Requests").first.click()
        keep(provider, "requests")
        browser.close()


if __name__ == "__main__":
    main()
