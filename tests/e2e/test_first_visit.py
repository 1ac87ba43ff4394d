"""What somebody's phone must fetch before it shows Schedule for the first time."""

from typing import Any

import pytest

from tests.browser import OpenPage
from tests.e2e.practice import Practice

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

MOST_BYTES = 60_000
MOST_REQUESTS = 12


def test_first_visit_of_schedule_is_small(practice: Practice, open_page: OpenPage) -> None:
    page = practice.open_as(open_page, "client")
    debugger = page.context.new_cdp_session(page)
    asked: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def remember_address(event: dict[str, Any]) -> None:
        asked[event["requestId"]] = event["request"]["url"]

    def remember_size(event: dict[str, Any]) -> None:
        if event["requestId"] in asked:  # and not the end of something from the page before
            sizes[event["requestId"]] = event["encodedDataLength"]

    debugger.on("Network.requestWillBeSent", remember_address)
    debugger.on("Network.loadingFinished", remember_size)
    page.wait_for_load_state("networkidle")
    debugger.send("Network.enable")
    debugger.send("Network.clearBrowserCache")

    page.goto("/schedule/")
    page.wait_for_load_state("networkidle")

    assert f"{practice.address}/schedule/" in asked.values()
    assert len(asked) <= MOST_REQUESTS, asked
    assert sizes.keys() == asked.keys()
    assert 0 < sum(sizes.values()) <= MOST_BYTES
