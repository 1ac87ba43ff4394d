"""``make bench``: each row beside its baseline, as a ratio of one run on one machine."""

import datetime as dt
import statistics
import threading
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from alcove.availability.slots import Taken, Terms, WallSpan, free_starts, next_free_start
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
    """Whole requests of the embedded server."""
    figures = {}
    for scenario in ("slots", "slots-with-history"):
        with running(scenario) as site:
            figures[scenario] = free_starts_request(site)
            if scenario == "slots":
                schedule_page(site)
            row(f"memory after the load ({scenario})", f"{site.memory_mb():.0f} MB", "< 150")
    plain, full = figures["slots"], figures["slots-with-history"]
    row(
        "the same with 100,000 past appointments, against without",
        f"{full:.2f} / {plain:.2f} ms = {full / plain:.2f}",
        "<= 1.10",
    )


def free_starts_request(site: Site) -> float:
    """The month of free starts beside an empty signed-in page; the former's milliseconds."""
    client = Browser(site.port, site.facts["client"])
    nobody = Browser(site.port, site.facts["nobody"])
    path = f"/schedule/new/{site.facts['room']}/time/?modality=video&length=45"
    empty, month = side_by_side(
        lambda: expect(nobody.get("/schedule/"), 200), lambda: expect(client.get(path), 200), ROUNDS
    )
    row(
        "free starts request, against an empty signed-in page",
        f"{month:.2f} / {empty:.2f} ms = {month / empty:.2f}",
        "<= 3",
    )
    return month


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


def bookings() -> None:
    """Whole bookings (hold, then book) on PostgreSQL by 8 clients, mail on."""
    with (
        postgres_server() as url,
        running("booking", database_url=url, workers=2) as site,
    ):
        counts = [0] * len(site.facts["clients"])
        until = time.monotonic() + BOOKING_SECONDS

        def book(number: int) -> None:
            facts = site.facts["clients"][number]
            browser = Browser(site.port, facts["client"])
            path = f"/schedule/new/{facts['room']}/time/?modality=video&length=45"
            day = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            while time.monotonic() < until:
                start = day + dt.timedelta(days=1, minutes=45 * counts[number])
                held, review = browser.post(path, **CHOICE, starts_at=start.isoformat())
                expect((held, review), 302)
                booked = browser.post(review)
                expect(booked, 302)
                counts[number] += 1

        threads = [threading.Thread(target=book, args=(n,)) for n in range(len(counts))]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = sum(counts) / (time.monotonic() - began)
    row("whole bookings on PostgreSQL, 8 clients, mail on", f"{rate:.0f} / s", ">= 150")


if __name__ == "__main__":
    print(f"{'work':<66} {'figure':>34}   target")
    engine()
    pages()
    bookings()
