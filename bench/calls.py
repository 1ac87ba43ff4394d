"""Calls between real browsers: how long it takes until people see each other, and what it costs."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from tests.browser import FLAGS, find_chromium
from tests.live.call_page import ROOT, CallPage
from tests.live.conftest import Practice, filled

ROUNDS = 20
LOAD_SECONDS = 10.0
TICKS = os.sysconf("SC_CLK_TCK")

# From the tap on Join to the first decoded picture of the other, on the page's own clock.
JOIN = f"""async () => {{
  const {{ call }} = document.querySelector("{ROOT}");
  const began = performance.now();
  document.querySelector("[data-join]").click();
  for (;;) {{
    const all = Object.values(await call.statistics()).flat();
    if (all.some((one) => one.type === "inbound-rtp" && one.framesDecoded > 0)) break;
    await new Promise((done) => setTimeout(done, 5));
  }}
  return performance.now() - began;
}}"""

# The floor: two connections in one page, no server and no screen between them.
BARE = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const began = performance.now();
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
  one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate);
  other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
  for (const track of stream.getTracks()) one.addTrack(track, stream);
  const offer = await one.createOffer();
  await Promise.all([one.setLocalDescription(offer), other.setRemoteDescription(offer)]);
  const answer = await other.createAnswer();
  await Promise.all([other.setLocalDescription(answer), one.setRemoteDescription(answer)]);
  for (;;) {
    const all = [...(await other.getStats()).values()];
    if (all.some((stat) => stat.type === "inbound-rtp" && stat.framesDecoded > 0)) break;
    await new Promise((done) => setTimeout(done, 5));
  }
  const took = performance.now() - began;
  one.close();
  other.close();
  for (const track of stream.getTracks()) track.stop();
  return took;
}"""


@contextmanager
def people(practice: Practice, name: str) -> Iterator[dict[str, CallPage]]:
    """Everybody of a meeting at its door, each in a browser profile of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)

        def open_page(base_url: str, **_options: object) -> Page:
            return browser.new_context(base_url=base_url).new_page()

        yield {
            role: practice.page(open_page, name, role).open()
            for role in practice.meetings[name].tokens
        }
        browser.close()


def joining(page: CallPage) -> tuple[float, float]:
    """Median milliseconds from Join to the first picture, and of the bare connection, in turn."""
    whole, bare = [], []
    for _ in range(ROUNDS):
        bare.append(page.page.evaluate(BARE))
        whole.append(page.page.evaluate(JOIN))
        page.press("Leave")
        page.open()
    return statistics.median(whole), statistics.median(bare)


def load_of(pages: dict[str, CallPage]) -> float:
    """Cores that all browsers of a running call use together."""
    before, began = _browser_seconds(), time.monotonic()
    next(iter(pages.values())).page.wait_for_timeout(LOAD_SECONDS * 1000)
    return (_browser_seconds() - before) / (time.monotonic() - began)


def _browser_seconds() -> float:
    """Processor seconds of every Chromium process of this machine."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().partition(") ")
        except OSError:
            # It ended between the two looks.
            continue
        if "chrom" in name:
            fields = rest.split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def calls(row: Callable[[str, str, str], None]) -> None:
    """The rows of the live room."""
    with (
        TemporaryDirectory() as folder,
        TemporaryDirectory() as copy,
        filled(Path(folder)) as original,
        original.practice(Path(copy)) as practice,
    ):
        practice.server.database.change("UPDATE people_practice SET lets_in_automatically = true")
        with people(practice, "bench") as pages:
            pages["provider"].join()
            whole, bare = joining(pages["owner"])
            row(
                "join to first picture / two bare connections in one page",
                f"{whole:.0f} / {bare:.0f} ms = {whole / bare:.1f}",
                "< 1500 ms",
            )
            pages["owner"].join().until_pictures_flow("provider")
            row("processor of a call of two, all browsers", f"{load_of(pages):.2f} cores", "")
        with people(practice, "bench_couple") as pages:
            for page in pages.values():
                page.join()
            pages["owner"].until_pictures_flow("provider", "partner")
            row("processor of a call of three, all browsers", f"{load_of(pages):.2f} cores", "")
