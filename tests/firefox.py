"""Firefox for calls between browsers of two makers, driven by WebDriver BiDi.

    python -m tests.firefox --find   prints where the browser is, or fails

Playwright drives only a Firefox of its own, and the system's has no driver beside it: so this
speaks the few commands of the W3C's WebDriver BiDi that a call needs.
"""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

START_SECONDS = 60
NAMES = ("firefox-esr", "firefox")
# A made-up camera and microphone, and calls within this machine. What Firefox would ask its maker
# for is off by itself in a browser that is driven.
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
}


class FirefoxMissing(RuntimeError):
    """No Firefox is installed."""


def find_firefox() -> str:
    """The path of the system's Firefox; raises FirefoxMissing when there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise FirefoxMissing("Firefox is not installed")


@dataclass
class FirefoxPage:
    """The one page of a running Firefox; its methods are those of Playwright's pages.

    JavaScript is given as the source of a function without arguments.
    """

    base_url: str
    _socket: ClientConnection
    _context: str = ""
    _number: int = 0
    complaints: list[str] = field(default_factory=list)

    def goto(self, path: str) -> None:
        """Open a page and wait until it is loaded."""
        address = {"context": self._context, "url": f"{self.base_url}{path}", "wait": "complete"}
        self.command("browsingContext.navigate", address)

    def reload(self) -> None:
        """Load the page anew and wait until it is loaded."""
        self.command("browsingContext.reload", {"context": self._context, "wait": "complete"})

    def evaluate(self, function: str) -> Any:
        """What the function returns, awaited, if JSON can tell it."""
        answer = self.command(
            "script.evaluate",
            {
                "expression": f"Promise.resolve(({function})()).then((it) => JSON.stringify(it))",
                "target": {"context": self._context},
                "awaitPromise": True,
            },
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value") or "null")

    def wait_for_function(self, function: str, *, timeout: float) -> None:
        """Return when the function returns something true; ``timeout`` is in milliseconds."""
        until = time.monotonic() + timeout / 1000
        while time.monotonic() < until:
            if self.evaluate(f"() => Boolean(({function})())"):
                return
            time.sleep(0.05)
        raise TimeoutError(function)

    def wait_for_timeout(self, milliseconds: float) -> None:
        """Let the page go on for a while."""
        time.sleep(milliseconds / 1000)

    def click(self, selector: str) -> None:
        """Press what a CSS selector finds first."""
        self.evaluate(f"() => document.querySelector({json.dumps(selector)}).click()")

    def command(self, method: str, params: dict[str, Any]) -> Any:
        """The result of a command; complaints that come meanwhile are kept."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=START_SECONDS))
            if message.get("method") == "log.entryAdded":
                self._hear(message["params"])
            if message.get("id") == self._number:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['message']}")
                return message["result"]

    def _hear(self, entry: dict[str, Any]) -> None:
        """Keep a complaint, but not that a page was left before its modules had come."""
        if entry["level"] == "error" and "dynamically imported module" not in entry["text"]:
            self.complaints.append(entry["text"])

    def begin(self) -> None:
        """Take hold of the browser's first page."""
        self.command("session.new", {"capabilities": {}})
        self.command("session.subscribe", {"events": ["log.entryAdded"]})
        self._context = self.command("browsingContext.getTree", {})["contexts"][0]["context"]


@contextmanager
def firefox(base_url: str, folder: Path) -> Iterator[FirefoxPage]:
    """A Firefox with a fresh profile in this folder; in the end its console must be clean."""
    profile = folder / "firefox"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="ascii")
    log = folder / "firefox.log"
    command = [find_firefox(), "--headless", "--no-remote", "--profile", str(profile)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--remote-debugging-port", "0", "about:blank"],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = _address(log, process)
        with connect(f"{address}/session", proxy=None, max_size=None) as socket:
            page = FirefoxPage(base_url, socket)
            page.begin()
            yield page
            assert not page.complaints, page.complaints
    finally:
        process.kill()
        process.wait(timeout=10)


def _address(log: Path, process: "subprocess.Popen[bytes]") -> str:
    """Where Firefox listens for commands, as it says when it has started."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text("utf-8")):
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"Firefox did not start: {log.read_text('utf-8')}")


def main(words: Sequence[str]) -> int:
    """The command line; see the top of this module."""
    if list(words) != ["--find"]:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(find_firefox())
    except FirefoxMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
