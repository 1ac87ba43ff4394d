"""The people of a race at their browsers, and the signal that lets them all act at once."""

import datetime as dt
import re
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import httpx

from tests.concurrency.world import LENGTH_MINUTES, Visitor

Result = TypeVar("Result")

TAKEN = "That time has just been taken."
CSRF = "r" * 32


@dataclass(frozen=True)
class Answer:
    """What a server answered to a form: the status, where it leads on to, and the page."""

    status: int
    leads_to: str
    page: str

    @property
    def code(self) -> str:
        """The code of the hold or the appointment that it leads on to."""
        return self.leads_to.rstrip("/").rpartition("/")[2]

    @property
    def words(self) -> str:
        """What the page says, without its frame; short enough for a failure's report."""
        main = self.page.partition("<main")[2].partition("</main>")[0]
        return " ".join(re.sub(r"<[^>]*>", " ", main).split())[:400]


def together(acts: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do all of these at the same moment; their results in the same order."""
    barrier = threading.Barrier(len(acts))

    def wait_and(act: Callable[[], Result]) -> Result:
        barrier.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(wait_and, acts))


class Browser:
    """One signed-in person; several tabs may post through it at once."""

    def __init__(self, address: str, visitor: Visitor) -> None:
        self.visitor = visitor
        self._http = httpx.Client(
            base_url=address,
            cookies={"sessionid": visitor.session, "csrftoken": CSRF},
            timeout=60,
            trust_env=False,
            verify=False,
            # Shorter than the server's own, so that no kept connection ends under a request.
            limits=httpx.Limits(keepalive_expiry=2),
        )

    def close(self) -> None:
        """Give up the connections."""
        self._http.close()

    def get(self, path: str) -> Answer:
        """Open a page."""
        response = self._http.get(path)
        return Answer(response.status_code, response.headers.get("Location", ""), response.text)

    def post(self, path: str, *, key: str | None = None, **fields: str) -> Answer:
        """Send a form; ``key`` is its idempotency key, a new one when it is not given."""
        response = self._http.post(
            path,
            data={
                "csrfmiddlewaretoken": CSRF,
                "idempotency_key": uuid.uuid4().hex if key is None else key,
                **fields,
            },
        )
        return Answer(response.status_code, response.headers.get("Location", ""), response.text)

    def hold(self, starts_at: dt.datetime, *, room: int = 0, key: str | None = None) -> Answer:
        """Choose a time in one of the person's rooms; leads to the review."""
        return self.post(
            f"/schedule/new/{self.visitor.rooms[room]}/time/"
            f"?modality=video&length={LENGTH_MINUTES}&day={starts_at.date()}",
            key=key,
            modality="video",
            length=str(LENGTH_MINUTES),
            starts_at=starts_at.isoformat(),
        )

    def book(self, hold: str, *, key: str | None = None) -> Answer:
        """Book session, on the review; leads to the appointment."""
        return self.post(f"/schedule/review/{hold}/", key=key)

    def confirm(self, code: str) -> Answer:
        """The provider's yes."""
        return self.post(f"/schedule/requests/{code}/", answer="confirm")

    def decline(self, code: str) -> Answer:
        """The provider's no."""
        return self.post(f"/schedule/requests/{code}/", answer="decline", words="I am away.")

    def cancel(
        self, code: str, *, reason: int, agreed: str = "free", key: str | None = None
    ) -> Answer:
        """Cancel session, agreeing to what that costs."""
        return self.post(
            f"/schedule/{code}/cancel/", key=key, reason=str(reason), words="", agreed=agreed
        )

    def hold_to_move(self, code: str, starts_at: dt.datetime) -> Answer:
        """Choose another time for an appointment; leads to the review of the move."""
        return self.post(
            f"/schedule/{code}/reschedule/?day={starts_at.date()}",
            starts_at=starts_at.isoformat(),
        )

    def move(self, hold: str, *, agreed: str = "free", key: str | None = None) -> Answer:
        """Confirm rescheduling; leads to the appointment."""
        return self.post(f"/schedule/move/{hold}/", key=key, agreed=agreed)

    def be_available(self) -> Answer:
        """Let clients ring this provider for two hours."""
        return self.post("/hours/now/", minutes="120", back="schedule")

    def ring(self, *, room: int = 0, key: str | None = None) -> Answer:
        """Ring the provider of one of the person's rooms; leads to the waiting page."""
        return self.post(
            f"/schedule/new/{self.visitor.rooms[room]}/now/",
            key=key,
            session=f"video.{LENGTH_MINUTES}",
        )

    def answer_ring(self, code: str, answer: str) -> Answer:
        """The provider's "accept" or "decline"; a yes leads to the live session."""
        return self.post(f"/schedule/rings/{code}/", answer=answer)

    def withdraw_ring(self, code: str) -> Answer:
        """Stop ringing; leads to the same page, or to the session that it became."""
        return self.post(f"/schedule/ringing/{code}/")

    def offer(self, room: str, *starts: dt.datetime, key: str | None = None) -> Answer:
        """Offer a room up to three times; leads to the exchange."""
        walls = {
            f"other_{row}": f"{start.astimezone(dt.UTC):%Y-%m-%dT%H:%M}"
            for row, start in enumerate(starts)
        }
        return self.post(
            f"/schedule/offer/{room}/", key=key, session=f"video.{LENGTH_MINUTES}", **walls
        )

    def accept(self, code: str, starts_at: dt.datetime) -> Answer:
        """Book one of the offered times; leads to the appointment."""
        return self.exchange(code, "accept", starts_at=starts_at.isoformat())

    def exchange(self, code: str, act: str, **fields: str) -> Answer:
        """Do something about an offer of times."""
        return self.post(f"/schedule/times/{code}/", act=act, **fields)

    def booked(self, starts_at: dt.datetime, *, room: int = 0) -> str:
        """The whole way to a request; the appointment's code. Nobody may be in the way."""
        held = self.hold(starts_at, room=room)
        assert held.status == 302, held.words
        booked = self.book(held.code)
        assert booked.status == 302, booked.words
        return booked.code
