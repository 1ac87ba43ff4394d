"""Several hosts on this machine: a network namespace for each, joined by a bridge.

    python -m tests.namespaces --find   prints where the tool ``ip`` is, or fails

    with network("owner", "provider") as net:
        browser = chromium.launch(executable_path=net.hosts["owner"].program(find_chromium()), …)
        net.hosts["owner"].bring_down(); net.hosts["owner"].bring_up()

A host reaches this machine at ``net.gateway`` and, unless they are kept ``apart``, the other hosts.
``net.open_door(port)`` makes 127.0.0.1:port inside every host lead to this machine's server of that
port, **over the host's own link**: the pages keep their address, so cameras, cookies and the
server's check of origins work as they do for a page beside the server, and a link that is down
takes the sockets with it. Building a network needs root; it is taken down always, and what a killed
run left is removed by the next one.
"""

import asyncio
import ctypes
import itertools
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.background import Background, in_background

# Names carry the process that made them, so that what a killed one left is known as such; a link's
# name has at most 15 letters.
PREFIX = "alc"
OURS = re.compile(rf"{PREFIX}(\d+)[a-z]\d+")
_numbers = itertools.count()


def _name(kind: str) -> str:
    return f"{PREFIX}{os.getpid()}{kind}{next(_numbers)}"


MADE = Path("/run/netns")
# 198.18.0.0/15 is kept for tests of networks (RFC 2544); each network takes a /24 of it.
SUBNETS = 512
CLONE_NEWNET = 0x40000000


class NetworkMissing(RuntimeError):
    """Namespaces cannot be made here: no tool, no right, or no support in the kernel."""


def find_ip() -> str:
    """The path of iproute2's ``ip``; raises NetworkMissing when there is none."""
    if path := shutil.which("ip") or shutil.which("ip", path="/usr/sbin:/sbin"):
        return path
    raise NetworkMissing("iproute2 is not installed")


def _ip(*words: str) -> str:
    done = subprocess.run([find_ip(), *words], check=False, capture_output=True, text=True)
    if done.returncode:
        raise NetworkMissing(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


@contextmanager
def _inside(namespace: str) -> Iterator[None]:
    """Let this thread make sockets that belong to a namespace and stay in it."""
    libc = ctypes.CDLL(None, use_errno=True)
    with (
        Path("/proc/thread-self/ns/net").open("rb") as here,
        (MADE / namespace).open("rb") as there,
    ):
        if libc.setns(there.fileno(), CLONE_NEWNET):
            raise NetworkMissing(os.strerror(ctypes.get_errno()))
        try:
            yield
        finally:
            if libc.setns(here.fileno(), CLONE_NEWNET):
                # A thread that is lost in the namespace must not go on.
                raise SystemExit(os.strerror(ctypes.get_errno()))


@dataclass(frozen=True)
class Host:
    """One namespace with one link, whose other end is ``port`` at the bridge."""

    name: str
    namespace: str
    port: str
    address: str
    gateway: str
    _folder: Path

    def program(self, path: str) -> str:
        """A program that runs ``path`` inside the host: Playwright's ``executable_path``."""
        script = self._folder / f"{self.name}-{Path(path).name}"
        script.write_text(
            f'#!/bin/sh\nexec {find_ip()} netns exec {self.namespace} {path} "$@"\n',
            encoding="utf-8",
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return str(script)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command inside the host and wait for it."""
        command = [find_ip(), "netns", "exec", self.namespace, *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)

    def bring_down(self) -> None:
        """Pull the cable: the browser is told that its network is gone."""
        _ip("-n", self.namespace, "link", "set", "uplink", "down")

    def bring_up(self) -> None:
        """Plug it in again, with the same address; the way out has to be named anew."""
        _ip("-n", self.namespace, "link", "set", "uplink", "up")
        _ip("-n", self.namespace, "route", "replace", "default", "via", self.gateway)

    def go_silent(self) -> None:
        """Lose every packet while the link stays up, as with a dead access point."""
        _ip("link", "set", self.port, "down")

    def be_heard(self) -> None:
        """End ``go_silent``."""
        _ip("link", "set", self.port, "up")

    def lose(self, other: "Host") -> None:
        """Send nothing to one other host any more; everybody else is reached as before."""
        _ip("-n", self.namespace, "route", "replace", "blackhole", other.address)

    def find(self, other: "Host") -> None:
        """End ``lose``."""
        _ip("-n", self.namespace, "route", "del", "blackhole", other.address)


@dataclass(frozen=True)
class Network:
    """The hosts by name, and this machine's address among them."""

    gateway: str
    hosts: dict[str, Host]
    _background: Background
    _doors: list[asyncio.AbstractServer] = field(default_factory=list)

    def open_door(self, port: int) -> None:
        """Let 127.0.0.1:port inside every host lead to this machine's 127.0.0.1:port."""
        self._background.run(self._open_door(port))

    async def _open_door(self, port: int) -> None:
        async def to_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._background.keep()
            await _carry(reader, writer, socket.socket(), ("127.0.0.1", port))

        outer = await asyncio.start_server(to_server, self.gateway, 0)
        self._doors.append(outer)
        over_link = (self.gateway, int(outer.sockets[0].getsockname()[1]))
        for host in self.hosts.values():
            await self._open_inner_door(host, port, over_link)

    async def _open_inner_door(self, host: Host, port: int, over_link: tuple[str, int]) -> None:
        async def to_gateway(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._background.keep()
            with _inside(host.namespace):
                onward = socket.socket()
            await _carry(reader, writer, onward, over_link)

        with _inside(host.namespace):
            listener = socket.create_server(("127.0.0.1", port))
        self._doors.append(await asyncio.start_server(to_gateway, sock=listener))

    def close_doors(self) -> None:
        """Let nobody in any more; what was let in goes on."""
        self._background.run(self._close_doors())

    async def _close_doors(self) -> None:
        while self._doors:
            self._doors.pop().close()


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    onward: socket.socket,
    address: tuple[str, int],
) -> None:
    """Carry bytes both ways until either side ends."""
    onward.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(onward, address)
        far_reader, far_writer = await asyncio.open_connection(sock=onward)
    except OSError:
        onward.close()
        writer.transport.abort()
        return
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(_pump(reader, far_writer))
            both.create_task(_pump(far_reader, writer))
    except* OSError:
        # A side that broke breaks the other, which the end below sees to.
        pass
    finally:
        writer.transport.abort()
        far_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


@contextmanager
def network(*names: str, apart: bool = False) -> Iterator[Network]:
    """Build a network with these hosts and take it down in the end.

    ``apart`` keeps the hosts from reaching each other directly: only this machine's relay can join
    them. Raises NetworkMissing where namespaces cannot be made.
    """
    if os.geteuid():
        raise NetworkMissing("only root can make network namespaces")
    remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix="alcove-network-"))
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        bridge = _name("b")
        subnet = _free_subnet()
        undo.callback(_remove, "link", "del", bridge)
        _ip("link", "add", bridge, "type", "bridge")
        # Without the spanning tree's pause a link carries packets as soon as it is up.
        _ip("link", "set", bridge, "type", "bridge", "forward_delay", "0")
        _ip("addr", "add", f"{subnet}.1/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        hosts = {}
        for number, name in enumerate(names):
            host = Host(
                name,
                _name("n"),
                _name("p"),
                f"{subnet}.{10 + number}",
                f"{subnet}.1",
                folder,
            )
            undo.callback(_remove, "netns", "del", host.namespace)
            _build(host, bridge, apart=apart)
            hosts[name] = host
        background = undo.enter_context(in_background())
        net = Network(f"{subnet}.1", hosts, background)
        undo.callback(net.close_doors)
        yield net


def _build(host: Host, bridge: str, *, apart: bool) -> None:
    _ip("netns", "add", host.namespace)
    _ip("-n", host.namespace, "link", "set", "lo", "up")
    peer = ["peer", "name", "uplink", "netns", host.namespace]
    _ip("link", "add", host.port, "type", "veth", *peer)
    _ip("link", "set", host.port, "master", bridge)
    if apart:
        _ip("link", "set", host.port, "type", "bridge_slave", "isolated", "on")
    _ip("link", "set", host.port, "up")
    _ip("-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", "uplink")
    host.bring_up()


def _free_subnet() -> str:
    taken = {
        entry["local"].rpartition(".")[0]
        for link in json.loads(_ip("-j", "-4", "addr"))
        for entry in link["addr_info"]
    }
    for step in range(SUBNETS):
        number = (step + os.getpid()) % SUBNETS
        subnet = f"198.{18 + number // 256}.{number % 256}"
        if subnet not in taken:
            return subnet
    raise NetworkMissing("every network of 198.18.0.0/15 is in use")


def _remove(*words: str) -> None:
    """Remove what may not have been made; a namespace takes its link with it."""
    subprocess.run([find_ip(), *words], check=False, capture_output=True)


def remove_leftovers() -> None:
    """Remove what runs have left that are not there any more."""
    links: list[dict[str, Any]] = json.loads(_ip("-j", "link"))
    for name in [path.name for path in MADE.iterdir()] if MADE.is_dir() else []:
        if _is_left_over(name):
            _remove("netns", "del", name)
    for name in [link["ifname"] for link in links]:
        if _is_left_over(name):
            _remove("link", "del", name)


def _is_left_over(name: str) -> bool:
    made = OURS.fullmatch(name)
    return made is not None and not Path("/proc", made[1]).exists()


def main(words: Sequence[str]) -> int:
    """The command line; see the top of this module."""
    if list(words) != ["--find"]:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(find_ip())
    except NetworkMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
