"""The pictures in the guides, made from the sample practice: ``python -m tests.guide_pictures``.

Each is one part of a page as a phone shows it (a desk where the page needs one), in both languages,
by day. Names are those by which guides show them: ``![what it shows](name)``.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from alcove.guides.library import LANGUAGES
from alcove.guides.rendering import DENSITY, PICTURES
from tests.browser import FLAGS, find_chromium
from tests.screenshots import sample_practice, sign_in

# Tall, so that what stays at the foot of a screen covers nothing.
PHONE = ViewportSize(width=390, height=1700)
DESK = ViewportSize(width=800, height=1700)
QUALITY = 40
MOST_BYTES = 1_500_000

Keep = Callable[[Page, str, str, int], None]


def keeping(language: str) -> Keep:
    """What writes pictures of one language."""
    folder = PICTURES / language
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()

    def keep(page: Page, name: str, part: str = "main", most: int = 700) -> None:
        """Write one picture: the part of the page, its first ``most`` pixels."""
        page.wait_for_load_state("networkidle")
        page.evaluate("scrollTo(0, 0)")
        box = page.locator(part).first.bounding_box()
        assert box is not None, f"{page.url} has no {part}"
        edge = 12 if part != "main" else 0
        left, top = max(box["x"] - edge, 0), max(box["y"] - edge, 0)
        wide, high = box["width"] + 2 * (box["x"] - left), min(box["height"] + 2 * edge, most)
        shot = page.screenshot(
            clip={"x": left, "y": top, "width": wide, "height": high},
            full_page=True,
            animations="disabled",
        )
        Image.open(io.BytesIO(shot)).save(folder / f"{name}.webp", quality=QUALITY, method=6)

    return keep


@contextmanager
def person(
    browser: Browser, link: str, language: str, viewport: ViewportSize = PHONE
) -> Iterator[Page]:
    """A page of somebody who signed in and reads in this language."""
    context = browser.new_context(
        viewport=viewport,
        device_scale_factor=DENSITY,
        timezone_id="America/New_York",
        color_scheme="light",
        reduced_motion="reduce",
        base_url="http://127.0.0.1:8765",
        service_workers="block",
    )
    page = context.new_page()
    sign_in(page, link)
    page.goto("/you/")
    page.locator("select[name=language]").select_option(language)
    page.locator("main form .button--primary").first.click()
    page.wait_for_load_state("networkidle")
    # The notice that this was saved is in no picture.
    page.goto("/schedule/")
    yield page
    context.close()


def to_times(page: Page) -> None:
    """From Schedule to the free times of the first provider."""
    page.goto("/schedule/new/")
    for _ in range(2):
        page.locator("main input[type=radio]").first.check()
        page.locator("main .button--primary").click()
    page.locator(".month").wait_for()


def of_a_client(page: Page, keep: Keep) -> None:
    """Booking, moving and cancelling."""
    keep(page, "schedule", "main", 620)
    to_times(page)
    keep(page, "choose-a-time", "main", 1000)
    page.locator(".no-time-fits a").click()
    page.locator(".wish-grid").first.wait_for()
    for cell in (4, 7, 10):
        page.locator(".wish-grid label").nth(cell).click()
    keep(page, "share-times", ".wish-grid", 640)
    to_times(page)
    page.locator("a.month__day").last.click()
    page.locator("button.slot").first.click()
    keep(page, "review", "main", 1000)
    page.goto("/schedule/")
    page.locator("ol.card-list").first.locator("a").first.click()
    keep(page, "add-to-calendar", "[aria-labelledby=calendar-title]", 400)
    session = page.url
    page.goto(f"{session}cancel/")
    keep(page, "cancel", "main", 900)
    page.goto(f"{session}reschedule/")
    page.locator("a.month__day").last.click()
    page.locator("button.slot").last.click()
    keep(page, "review-move", "main", 1000)
    page.goto("/rooms/couples/new/")
    keep(page, "new-couples-room", "main", 900)
    page.goto("/news/settings/")
    keep(page, "notifications", "[aria-labelledby=channels-title]", 560)


def of_a_provider(page: Page, keep: Keep) -> None:
    """Requests and hours."""
    page.goto("/schedule/requests/")
    keep(page, "requests", "main", 640)
    page.locator("main a[href^='/schedule/requests/']").first.click()
    keep(page, "request", "main", 760)
    page.goto("/hours/")
    keep(page, "hours", "#weekly", 640)
    page.goto("/schedule/requests/")
    page.set_viewport_size(DESK)
    page.locator("main a[href*='/schedule/offer/'], main a[href*='/schedule/times/']").first.click()
    if "/times/" in page.url:
        page.locator("main a[href*='/schedule/offer/']").click()
    page.wait_for_url("**/schedule/offer/**")
    keep(page, "offer-times", "main", 1000)
    page.set_viewport_size(PHONE)


def at_once(client: Page, provider: Page, keep: Keep) -> None:
    """A session that starts by a ring: the ring, the check of devices, the waiting room."""
    provider.goto("/hours/")
    keep(provider, "available-now", "#now", 400)
    provider.locator("#now button[value='60']").click()
    client.goto("/schedule/new/")
    client.locator("main input[type=radio]").first.check()
    client.locator("main .button--primary").click()
    client.locator(".start-now a").click()
    client.locator("main input[type=radio]").first.check()
    client.locator("main .button--primary").click()
    client.locator(".ringing").wait_for()
    keep(client, "ringing", "main", 560)
    provider.goto(client.url.replace("/ringing/", "/rings/"))
    keep(provider, "ring", "main", 520)
    provider.locator("main .button--primary").click()
    provider.wait_for_url("**/live/**")
    client.goto(provider.url)
    client.locator("[data-ready-summary]").wait_for()
    keep(client, "get-ready", ".live-ready", 620)
    refused(client, keep)
    client.goto(provider.url)
    client.locator("[data-ready-summary]").wait_for()
    client.locator("[data-join]").click()
    client.locator("[data-part=waiting]").wait_for()
    keep(client, "waiting", "[data-part=waiting]", 400)
    provider.locator("[data-ready-summary]").wait_for()
    provider.set_viewport_size({"width": 390, "height": 700})
    provider.locator("[data-join]").click()
    provider.locator("[data-waiting-list] button").wait_for()
    keep(provider, "let-in", "[data-part=call]", 700)


def refused(page: Page, keep: Keep) -> None:
    """The check of devices in a browser that refuses them."""
    asked = page.context.new_page()
    asked.add_init_script(
        "navigator.mediaDevices.getUserMedia ="
        " async () => { throw new DOMException('no', 'NotAllowedError'); }"
    )
    asked.goto(page.url)
    asked.locator(".live-ready [data-problems]").wait_for()
    keep(asked, "refused", ".live-ready [data-problems]", 560)
    asked.close()


def make(browser: Browser, links: dict[str, str], language: str) -> None:
    """All pictures of one language, from a fresh sample."""
    keep = keeping(language)
    entrance = browser.new_page(
        viewport=PHONE, device_scale_factor=DENSITY, locale=language, color_scheme="light"
    )
    with person(browser, links["client"], language) as client:
        entrance.goto("http://127.0.0.1:8765/account/login/")
        keep(entrance, "sign-in", "main", 560)
        of_a_client(client, keep)
        with person(browser, links["provider"], language) as provider:
            of_a_provider(provider, keep)
            at_once(client, provider, keep)
    with person(browser, links["staff"], language) as staff:
        staff.goto("/staff/disputes/")
        staff.locator("main a[href^='/staff/disputes/']").last.click()
        keep(staff, "dispute", "main", 800)
    with person(browser, links["admin"], language) as admin:
        admin.goto("/practice/settings/")
        keep(admin, "practice-settings", "main", 700)


def size_of(folder: Path = PICTURES) -> int:
    """How many bytes all pictures are."""
    return sum(file.stat().st_size for file in folder.rglob("*.webp"))


def main() -> None:
    """Make all of them, and say how large they are."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for language in LANGUAGES:
            with sample_practice() as links:
                make(browser, links, language)
        browser.close()
    print(f"{size_of():,} bytes of at most {MOST_BYTES:,}")


if __name__ == "__main__":
    main()
