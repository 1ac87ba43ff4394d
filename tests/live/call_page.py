"""One person's live page in a browser of their own, driven as a person would."""

import re
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

# How long a test waits before it gives up; no speed is judged by it.
SECONDS = 30.0
ROOT = "[data-controller~=live_session]"

# The controller hands the call to its element, for tests and for whoever debugs a call.
STATISTICS = f"""async () => {{
  const all = await document.querySelector("{ROOT}").call.statistics();
  return Object.fromEntries(Object.entries(all).map(([role, list]) => [role, {{
    frames: list.find((one) => one.type === "inbound-rtp" && one.kind === "video")
      ?.framesDecoded ?? 0,
    sound: list.find((one) => one.type === "inbound-rtp" && one.kind === "audio")
      ?.totalAudioEnergy ?? 0,
    concealed: list.find((one) => one.type === "inbound-rtp" && one.kind === "audio")
      ?.concealedSamples ?? 0,
    samples: list.find((one) => one.type === "inbound-rtp" && one.kind === "audio")
      ?.totalSamplesReceived ?? 0,
    relay: list.filter((one) => one.type === "local-candidate").map((one) => one.relayProtocol),
    pair: list.filter((one) => one.type === "candidate-pair" && one.nominated)
      .map((one) => list.find((other) => other.id === one.localCandidateId)?.candidateType),
  }}]));
}}"""


@dataclass
class CallPage:
    """The live page of somebody who is signed in."""

    page: Page
    role: str
    code: str

    @property
    def call(self) -> Locator:
        """The part of the page that is the call."""
        return self.page.locator('[data-part="call"]')

    def open(self) -> "CallPage":
        """Come to the session's page and wait until the socket stands."""
        self.page.goto(f"/live/{self.code}/")
        # Devices that were allowed before open by themselves; these browsers allow all.
        self.until(
            "call.state.signalling === 'open'"
            " && (call.state.session.modality === 'chat' || call.media.microphone)"
        )
        return self

    def join(self) -> "CallPage":
        """Come in with what the session type uses; ends in the waiting room or in the call."""
        join = self.page.locator("[data-join]")
        expect(join).not_to_have_attribute("aria-disabled", "true")
        join.click()
        expect(self.page.locator(ROOT)).to_have_attribute(
            "data-screen", re.compile("waiting|call"), timeout=SECONDS * 1000
        )
        return self

    def let_in(self, name: str) -> None:
        """Open the door to somebody who waits."""
        self.page.get_by_role("button", name=f"Let in {name}").click()

    def press(self, name: str) -> None:
        """Press a button of the call's toolbar or panels."""
        self.call.get_by_role("button", name=name, exact=True).click()

    def open_chat(self) -> None:
        """Press Chat, whose name counts what is new."""
        self.call.locator('[data-open-panel="chat"]').click()

    def statistics(self) -> dict[str, Any]:
        """What arrives, by role."""
        found: dict[str, Any] = self.page.evaluate(STATISTICS)
        return found

    def frames(self) -> dict[str, int]:
        """Pictures decoded so far, by role."""
        return {role: one["frames"] for role, one in self.statistics().items()}

    def hears(self) -> dict[str, float]:
        """The energy of the sound that came so far, by role."""
        return {role: one["sound"] for role, one in self.statistics().items()}

    def ask(self, what: str) -> Any:
        """The value of a JavaScript expression over ``call``."""
        return self.page.evaluate(
            f"""() => {{ const call = document.querySelector("{ROOT}").call; return {what}; }}"""
        )

    def until(self, what: str, *, seconds: float = SECONDS) -> float:
        """Wait for a JavaScript expression over ``call`` to be true; the seconds it took."""
        began = time.monotonic()
        self.page.wait_for_function(
            # A page that is loading anew has no call yet.
            f"""() => {{
              const call = document.querySelector("{ROOT}")?.call;
              return call && ({what});
            }}""",
            timeout=seconds * 1000,
        )
        return time.monotonic() - began

    def until_pictures_flow(self, *roles: str, seconds: float = SECONDS) -> float:
        """Wait until new pictures of everybody named are decoded; the seconds it took."""
        return self._until_more(
            lambda: {role: self.frames().get(role, 0) for role in roles}, seconds
        )

    def until_sound_flows(self, *roles: str, seconds: float = SECONDS) -> float:
        """Wait until new sound of everybody named is played; the seconds it took."""
        return self._until_more(
            lambda: {role: self.hears().get(role, 0) for role in roles}, seconds
        )

    def _until_more(self, measure: Any, seconds: float) -> float:
        began = time.monotonic()
        before = measure()
        while time.monotonic() - began < seconds:
            now = measure()
            if all(now[role] > before[role] for role in before):
                return time.monotonic() - began
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{self.role} gets nothing new: {before}, then {measure()}")

    def screen(self) -> str:
        """Which screen the page shows: ready, waiting, call, left, over, replaced or stopped."""
        return self.page.locator(ROOT).get_attribute("data-screen") or ""
