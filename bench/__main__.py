"""``make bench``: each row beside its baseline, as a ratio of one run on one machine."""

import datetime as dt
import itertools
import statistics
import threading
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from alcove.availability.slots import Taken, Terms, WallSpan, free_starts, next_free_start
from bench.calls import calls
from bench.site import Browser, Site, running
from tests.postgres import postgres_server

DAY = 86_400
ROUNDS = 150
BOOKING_SECONDS = 8
CHOICE = {"modality": "video", "length": "45"}


def row(what: str, figure: str, target: str) -> None:
    """Print one line of the table."""
    print(f"{what:<66} {figure:>34}   {target}", flush=True)


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The median time of one call."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def side_by_side(
    first: Callable[[], object], second: Callable[[], object], rounds: int
) -> tuple[float, float]:
    """Median milliseconds of two pieces of work, taken in turn so that drift meets both."""
    for work in (first, second) * 10:
        work()
    a, b = [], []
    for _ in range(rounds):
        a.append(milliseconds(first, 1))
        b.append(milliseconds(second, 1))
    return statistics.median(a), statistics.median(b)


def engine() -> None:
    """The pure slot engine."""
    now = int(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC).timestamp())
    weekly = ((WallSpan(540, 1020),),) * 5 + ((), ())
    terms = Terms(ZoneInfo("America/New_York"), weekly, {}, 15, 45, 0, 10, 120, 60, None)
    busy = [(now + i * 3 * 3600, now + i * 3 * 3600 + 2700) for i in range(200)]
    taken = Taken(provider_busy=busy, starts=[start for start, _ in busy])

    def month() -> None:
        free_starts(terms, taken, start=now, end=now + 30 * DAY, now=now)

    month()
    row("free starts, 30 days, 200 bookings: engine", f"{milliseconds(month, 300):.2f} ms", "< 1")

    def many() -> None:
        for _ in range(1000):
            next_free_start(terms, taken, now=now)

    row("next free start over 1,000 providers: engine", f"{milliseconds(many, 5):.0f} ms", "< 150")


def expect(answer: tuple[int, object], status: int) -> None:
    """Stop the run when the server answers otherwise: its speed would mean nothing."""
    if answer[0] != status:
        raise RuntimeError(f"expected {status}, got {answer[0]}")


def pages() -> None:
    """Whole requests of the embedded server; the two servers are asked in turn."""
    with running("slots") as site, running("slots-with-history") as old:
        month, same = free_starts_of(site), free_starts_of(old)
        nobody = Browser(site.port, site.facts["nobody"])
        empty, busy = side_by_side(lambda: expect(nobody.get("/schedule/"), 200), month, ROUNDS)
        row(
            "free starts request, against an empty signed-in page",
            f"{busy:.2f} / {empty:.2f} ms = {busy / empty:.2f}",
            "<= 3",
        )
        without, with_history = side_by_side(month, same, ROUNDS)
        row(
            "the same with 100,000 past appointments, against without",
            f"{with_history:.2f} / {without:.2f} ms = {with_history / without:.2f}",
            "<= 1.10",
        )
        schedule_page(site)
        row("memory of the embedded process after the load", f"{site.memory_mb():.0f} MB", "< 150")


def free_starts_of(site: Site) -> Callable[[], None]:
    """One request for the month of free starts."""
    client = Browser(site.port, site.facts["client"])
    path = f"/schedule/new/{site.facts['room']}/time/?modality=video&length=45"
    return lambda: expect(client.get(path), 200)


def schedule_page(site: Site) -> None:
    """The Schedule page with 200 sessions in its history beside the empty one."""
    reader = Browser(site.port, site.facts["reader"])
    nobody = Browser(site.port, site.facts["nobody"])
    empty, full = side_by_side(
        lambda: expect(nobody.get("/schedule/"), 200),
        lambda: expect(reader.get("/schedule/"), 200),
        ROUNDS,
    )
    row(
        "Schedule with 200 past sessions, against an empty one",
        f"{full:.2f} / {empty:.2f} ms = {full / empty:.2f}",
        "",
    )


def in_parallel(count: int, work: Callable[[int], None]) -> float:
    """Let each client repeat its work until the time is up; how often a second it was done."""
    done = [0] * count
    until = time.monotonic() + BOOKING_SECONDS

    def repeat(number: int) -> None:
        while time.monotonic() < until:
            work(number)
            done[number] += 1

    threads = [threading.Thread(target=repeat, args=(number,)) for number in range(count)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - began)


def bookings() -> None:
    """Whole bookings (hold, then book) on PostgreSQL by 8 clients, mail on."""
    with postgres_server() as url, running("booking", database_url=url, workers=2) as site:
        clients = site.facts["clients"]
        browsers = [Browser(site.port, one["client"]) for one in clients]
        midnight = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        starts = [
            (midnight + dt.timedelta(days=1, minutes=45 * number) for number in itertools.count())
            for _ in clients
        ]

        def book(number: int) -> None:
            path = f"/schedule/new/{clients[number]['room']}/time/"
            start = next(starts[number]).isoformat()
            held, review = browsers[number].post(path, **CHOICE, starts_at=start)
            expect((held, review), 302)
            expect(browsers[number].post(review), 302)

        empty = in_parallel(8, lambda number: expect(browsers[number].get("/rooms/"), 200))
        rate = in_parallel(8, book)
    row(
        "whole bookings on PostgreSQL, 8 clients, mail on; against pages",
        f"{rate:.0f} / {empty:.0f} a second = {rate / empty:.2f}",
        ">= 150 a second",
    )


if __name__ == "__main__":
    print(f"{'work':<66} {'figure':>34}   target")
    engine()
    pages()
    calls(row)
    bookings()
