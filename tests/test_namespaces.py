"""The network that call tests are run on: links that really part, and lines that really lose."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.lossy_relay import LossyRelay, lossy_relay
from tests.namespaces import MADE, Network, NetworkMissing, find_ip, network

# Asks the server at 127.0.0.1 for a word, from inside a host.
ASK = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2) as server:
    server.sendall(b"who")
    server.shutdown(socket.SHUT_WR)
    print(server.makefile().read())
"""


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    """Two hosts that see each other."""
    try:
        with network("owner", "provider") as net:
            yield net
    except NetworkMissing as missing:
        pytest.skip(str(missing))


@contextmanager
def word_server() -> Iterator[int]:
    """A server on this machine's loopback that answers everybody with one word; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    asker, _ = listener.accept()
                except OSError:
                    return
                with asker:
                    asker.recv(100)
                    asker.sendall(b"here")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def reaches(net: Network, one: str, other: str) -> bool:
    """Whether a connection from one host arrives at the other, be it only to be refused."""
    try_it = (
        "import socket, sys\n"
        "with socket.socket() as probe:\n"
        "    probe.settimeout(1.5)\n"
        "    sys.exit(probe.connect_ex((sys.argv[1], 9)) != 111)\n"
    )
    done = net.hosts[one].run(sys.executable, "-c", try_it, net.hosts[other].address)
    return done.returncode == 0


def ask(net: Network, name: str, port: int) -> str:
    return net.hosts[name].run(sys.executable, "-c", ASK, str(port)).stdout.strip()


def test_hosts_reach_each_other_until_a_link_is_down(net: Network) -> None:
    assert reaches(net, "owner", "provider")

    net.hosts["provider"].bring_down()
    assert not reaches(net, "owner", "provider")

    net.hosts["provider"].bring_up()
    assert reaches(net, "owner", "provider")


def test_a_host_that_fell_silent_keeps_its_link(net: Network) -> None:
    net.hosts["provider"].go_silent()
    assert not reaches(net, "owner", "provider")

    net.hosts["provider"].be_heard()
    assert reaches(net, "owner", "provider")


def test_hosts_kept_apart_reach_this_machine_only(net: Network) -> None:
    with network("owner", "provider", apart=True) as parted, word_server() as port:
        parted.open_door(port)

        assert not reaches(parted, "owner", "provider")
        assert [ask(parted, name, port) for name in parted.hosts] == ["here", "here"]


def test_a_door_leads_to_this_machine_over_the_link(net: Network) -> None:
    with word_server() as port:
        net.open_door(port)
        assert ask(net, "owner", port) == "here"

        net.hosts["owner"].bring_down()
        assert ask(net, "owner", port) == ""

        net.hosts["owner"].bring_up()
        assert ask(net, "owner", port) == "here"


def test_what_a_killed_run_left_is_removed_by_the_next() -> None:
    killed = subprocess.Popen(["true"])
    killed.wait()
    name = f"alc{killed.pid}n0"
    if os.geteuid():
        pytest.skip("only root can make network namespaces")
    subprocess.run([find_ip(), "netns", "add", name], check=True)

    with network("owner"):
        left = (MADE / name).exists()

    assert not left


def test_a_network_leaves_nothing(net: Network) -> None:
    with network("owner", "provider") as gone:
        namespaces = [host.namespace for host in gone.hosts.values()]

    assert [name for name in namespaces if (MADE / name).exists()] == []


@pytest.mark.parametrize(("loss", "least", "most"), [(0.0, 1000, 1000), (0.1, 750, 870)])
def test_a_lossy_line_loses_its_part_each_way(loss: float, least: int, most: int) -> None:
    with echo() as far, lossy_relay(far, loss=loss) as line:
        came_back = sum(sent_and_come_back(line, 50) for _ in range(20))

    # Nine tenths get there, and nine tenths of those come back.
    assert least <= came_back <= most
    assert (line.dropped == 0) == (loss == 0)


@contextmanager
def echo() -> Iterator[tuple[str, int]]:
    """A port that sends every packet back."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", 0))

        def answer() -> None:
            while (packet := far.recvfrom(100))[0] != b"end":
                far.sendto(*packet)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield far.getsockname()
        far.sendto(b"end", far.getsockname())
        thread.join(5)


def sent_and_come_back(line: LossyRelay, count: int) -> int:
    """Send so many packets over the line; how many come back before it falls quiet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
        near.settimeout(0.1)
        for number in range(count):
            near.sendto(b"%d" % number, (line.address, line.port))
        came_back = 0
        with suppress(TimeoutError):
            while came_back < count:
                near.recv(100)
                came_back += 1
        return came_back
