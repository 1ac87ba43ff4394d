"""The journeys' guards, shown to notice what they are for."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser import (
    PHONE,
    OpenPage,
    assert_no_axe_findings,
    assert_nothing_overflows,
    watch_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

PAGE = """<!doctype html><html lang="en"><head><title>Page</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Page</h1>{}</main></body></html>"""

PAGES = {
    "/clean": PAGE.format("<p>All is well.</p>"),
    "/inline": PAGE.format("<script>window.ran = true</script>"),
    "/foreign": PAGE.format('<img src="http://127.0.0.2:9/pixel.png" alt="">'),
    "/faint": PAGE.format('<p><font color="#ccc">Hard to read</font></p>'),
    "/wide": PAGE.format('<img src="/wide.svg" width="900" height="10" alt="A long line">'),
    "/wide.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="10"/>',
}


class StrictHandler(BaseHTTPRequestHandler):
    """Serves PAGES under the product's own kind of policy."""

    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").encode()
        self.send_response(200 if body else 204)
        kind = "image/svg+xml" if self.path.endswith(".svg") else "text/html"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing: the tests' output is for the tests."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), StrictHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_clean_page_passes_every_guard_under_a_strict_policy(
    open_page: OpenPage, site: str
) -> None:
    page = open_page(site, viewport=PHONE, color_scheme="dark", time_zone="America/Vancouver")

    page.goto("/clean")

    assert_no_axe_findings(page)
    assert_nothing_overflows(page)
    assert watch_of(page).complaints == []
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert zone == "America/Vancouver"


@pytest.mark.parametrize(
    ("path", "complaint"),
    [("/inline", "Content Security Policy"), ("/foreign", "foreign request")],
)
def test_console_guard_notices(open_page: OpenPage, site: str, path: str, complaint: str) -> None:
    page = open_page(site)

    page.goto(path, wait_until="networkidle")

    # Which of several complaints comes first is the browser's affair.
    watch = watch_of(page)
    assert [text for text in watch.complaints if complaint in text] != []
    with pytest.raises(AssertionError):
        watch.assert_clean()
    watch.allow(".")


def test_axe_names_the_rule_and_the_element(open_page: OpenPage, site: str) -> None:
    page = open_page(site)

    page.goto("/faint")

    with pytest.raises(AssertionError, match=r"color-contrast[\s\S]*font"):
        assert_no_axe_findings(page)


def test_content_wider_than_the_screen_is_noticed(open_page: OpenPage, site: str) -> None:
    page = open_page(site, viewport=PHONE)

    page.goto("/wide")

    with pytest.raises(AssertionError, match="on a screen of 390 px"):
        assert_nothing_overflows(page)
