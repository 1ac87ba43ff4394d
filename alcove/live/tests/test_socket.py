"""The socket as each of the cast finds it; see docs/protocol/live.md."""

import asyncio
import datetime as dt
import functools
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from alcove.booking.models import Appointment
from alcove.core.jobs import run_due
from alcove.live import consumers, handling, queries
from alcove.live.access import Entry, group_of
from alcove.live.models import LiveSession, Problem, Stay
from alcove.live.protocol import Frame, frame
from alcove.live.tests.broken_frames import malformed_frames
from alcove.live.tests.pages import Page, cookie_of, open_page, socket_to
from alcove.people.models import Practice
from alcove.rooms.models import Message
from tests.cast import Cast, at, book, book_confirmed, cancel

START = at(3, 9)
DURING = at(3, 9, 5)
SDP = {"type": "offer", "sdp": "v=0"}
WHO = ("client", "partner", "provider", "second_provider", "staff", "stranger")


@dataclass
class Call:
    """A confirmed video session of the couple, and everybody's sign-in."""

    cast: Cast
    appointment: Appointment
    cookies: dict[str, str]

    @property
    def code(self) -> str:
        """The session's code."""
        return self.appointment.code


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    """Every scene plays in the same minute: what others sent in it is not counted here."""
    cache.clear()


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the test's connection with its open transaction, as Django's own test client does."""

    async def keep() -> None:
        return

    monkeypatch.setattr("channels.consumer.aclose_old_connections", keep)
    monkeypatch.setattr("channels.generic.websocket.aclose_old_connections", keep)
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)


@pytest.fixture
def call(cast: Cast) -> Iterator[Call]:
    """The session, five minutes after its start."""
    appointment = book_confirmed(cast.couples_room, START)
    with time_machine.travel(DURING, tick=True):
        yield Call(cast, appointment, {who: cookie_of(getattr(cast, who)) for who in WHO})


def played(scene: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Play an asynchronous scene; its database work is done in the test's own transaction."""

    @functools.wraps(scene)
    def run(**named: Any) -> None:
        async def whole() -> None:
            layer = get_channel_layer()
            assert layer is not None
            await layer.flush()
            await scene(**named)

        async_to_sync(whole)()

    return run


async def pages_inside(call: Call, *who: str) -> list[Page]:
    """Pages of these people, each let in and heard by those before."""
    roles = {"client": "owner", "partner": "partner", "provider": "provider"}
    pages: list[Page] = []
    for name in who:
        page = await open_page(call.code, call.cookies[name], name)
        await page.come_in(roles[name])
        for before in pages:
            await before.hear_person(roles[name], "here")
        pages.append(page)
    return pages


@pytest.fixture
def lets_in(call: Call) -> None:
    """A practice where joining is enough."""
    Practice.objects.update(lets_in_automatically=True)


@sync_to_async
def stays() -> list[tuple[str, bool]]:
    """Every stay: whose, and whether it lasts."""
    rows = Stay.objects.order_by("pk").values_list("role", "left_at")
    return [(role, left_at is None) for role, left_at in rows]


@played
async def test_two_people_meet_after_the_provider_lets_the_client_in(
    call: Call,
) -> None:
    client = await open_page(call.code, call.cookies["client"], "client")
    welcome = await client.greet()
    assert (welcome["you"], welcome["lets_in"]) == ("owner", False)
    assert [(one["role"], one["state"]) for one in welcome["people"]] == [
        ("owner", "absent"),
        ("provider", "absent"),
        ("partner", "absent"),
    ]
    await client.send("join", take_over=False)
    await client.hear_person("owner", "waiting")

    provider = await open_page(call.code, call.cookies["provider"], "provider")
    await provider.come_in("provider")
    await client.hear_person("provider", "here")
    await provider.send("admit", role="owner")
    await client.hear_person("owner", "here")
    await provider.hear_person("owner", "here")

    await client.send("description", to="provider", to_epoch=provider.epoch, description=SDP)
    assert await provider.hear("description") == {
        "type": "description",
        "from": "owner",
        "from_epoch": client.epoch,
        "to_epoch": provider.epoch,
        "description": SDP,
    }
    await provider.send("candidate", to="owner", to_epoch=client.epoch, candidate=None)
    assert (await client.hear("candidate"))["candidate"] is None


@played
async def test_a_third_person_hears_no_frame_for_another(call: Call, lets_in: None) -> None:
    provider, client, partner = await pages_inside(call, "provider", "client", "partner")

    await client.send("description", to="provider", to_epoch=provider.epoch, description=SDP)

    assert (await provider.hear("description"))["from"] == "owner"
    await partner.send("ping")
    assert (await partner.hear("pong"))["type"] == "pong"
    assert await partner.hears_nothing()


@played
async def test_a_frame_for_a_page_that_is_gone_is_dropped(call: Call, lets_in: None) -> None:
    provider, client = await pages_inside(call, "provider", "client")

    await client.send("description", to="provider", to_epoch="x" * 16, description=SDP)

    assert await provider.hears_nothing()


@played
async def test_nobody_speaks_from_the_waiting_room(call: Call) -> None:
    provider, *_ = await pages_inside(call, "provider")
    client = await open_page(call.code, call.cookies["client"], "client")
    await client.come_in("owner", "waiting")
    await provider.hear_person("owner", "waiting")

    await client.send("description", to="provider", to_epoch=provider.epoch, description=SDP)
    await client.send("chat", id="c" * 16, text="Hello")
    await provider.send("candidate", to="owner", to_epoch=client.epoch, candidate=None)

    assert (await client.hear("error"))["code"] == "not_here"
    assert (await client.hear("error"))["code"] == "not_here"
    assert await client.hears_nothing()
    assert await provider.hears_nothing()


@pytest.mark.parametrize(
    ("who", "code", "close_code"),
    [
        ("second_provider", "not_found", 4404),
        ("staff", "not_found", 4404),
        ("stranger", "not_found", 4404),
        ("nobody", "not_signed_in", 4401),
    ],
)
@played
async def test_the_socket_sends_strangers_away(
    call: Call, who: str, code: str, close_code: int
) -> None:
    page = await open_page(call.code, call.cookies.get(who, ""), who)

    await page.send("hello", version=1, epoch=page.epoch, device=page.device, last_message=0)

    error = await page.hear("error")
    assert (error["code"], error["fatal"]) == (code, True)
    assert await page.closed_with() == close_code


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:99", "null", ""])
@played
async def test_a_handshake_of_another_site_is_refused(call: Call, origin: str) -> None:
    is_open = await socket_to(call.code, call.cookies["client"], origin=origin).connect()

    assert is_open is False


@played
async def test_a_socket_that_leads_nowhere_is_refused(call: Call) -> None:
    is_open = await socket_to("x", call.cookies["client"], path="/nowhere/{}").connect()

    assert is_open is False


@pytest.mark.parametrize(
    ("now", "code", "close_code"),
    [
        (at(3, 8, 44), "not_open", 4403),
        (at(3, 9, 55), "over", 4410),
    ],
)
@played
async def test_the_door_opens_and_closes(call: Call, now: Any, code: str, close_code: int) -> None:
    with time_machine.travel(now, tick=True):
        page = await open_page(call.code, call.cookies["client"], "client")
        await page.send("hello", version=1, epoch=page.epoch, device=page.device, last_message=0)

        assert (await page.hear("error"))["code"] == code
        assert await page.closed_with() == close_code


@pytest.mark.parametrize("now", [at(3, 8, 45), at(3, 9, 54)])
@played
async def test_the_door_stands_open_from_15_minutes_before_to_the_grace(
    call: Call, now: Any
) -> None:
    with time_machine.travel(now, tick=True):
        page = await open_page(call.code, call.cookies["client"], "client")

        assert (await page.greet())["session"]["status"] == "confirmed"


@played
async def test_only_the_provider_lets_in(call: Call) -> None:
    client = await open_page(call.code, call.cookies["client"], "client")
    await client.come_in("owner", "waiting")

    await client.send("admit", role="owner")

    assert (await client.hear("error"))["code"] == "not_allowed"
    assert await sync_to_async(LiveSession.objects.get)() is not None
    await client.send("ping")
    await client.hear("pong")
    assert await stays() == [("owner", True)]


@played
async def test_a_second_device_takes_over_only_after_a_word(call: Call, lets_in: None) -> None:
    provider, client = await pages_inside(call, "provider", "client")
    phone = await open_page(call.code, call.cookies["client"], "phone")

    assert (await phone.greet())["elsewhere"] is True
    await phone.send("join", take_over=False)
    assert (await phone.hear("error"))["code"] == "joined_elsewhere"
    assert await stays() == [("provider", True), ("owner", True)]

    await phone.send("join", take_over=True)

    assert (await client.hear("error"))["code"] == "replaced"
    assert await client.closed_with() == 4409
    assert (await provider.hear_person("owner", "here"))["epoch"] == phone.epoch
    assert await stays() == [("provider", True), ("owner", False), ("owner", True)]


@played
async def test_a_reload_takes_over_without_a_word(call: Call, lets_in: None) -> None:
    provider, client = await pages_inside(call, "provider", "client")
    await client.close()
    await provider.hear_person("owner", "away")

    again = await open_page(call.code, call.cookies["client"], "reloaded", device="client")
    await again.come_in("owner")

    assert (await provider.hear_person("owner", "here"))["epoch"] == again.epoch


@played
async def test_the_others_hear_of_a_beacon_that_comes_before_the_socket_is_lost(
    call: Call, lets_in: None
) -> None:
    provider, client = await pages_inside(call, "provider", "client")

    await put_away(call, client)

    await provider.hear_person("owner", "absent")
    await client.close()
    assert await stays() == [("provider", True), ("owner", False)]


@sync_to_async
def put_away(call: Call, page: Page) -> None:
    """Send the beacon of the client's page."""
    browser = Client()
    browser.force_login(call.cast.client)
    answer = browser.post(reverse("live:left", args=[call.code]), {"epoch": page.epoch})
    assert answer.status_code == 204


@played
async def test_a_socket_that_comes_back_goes_on_with_its_stay(call: Call, lets_in: None) -> None:
    provider, client = await pages_inside(call, "provider", "client")
    await client.close()
    await provider.hear_person("owner", "away")

    again = await open_page(call.code, call.cookies["client"], "client")
    await again.come_in("owner")

    assert (await provider.hear_person("owner", "here"))["epoch"] == client.epoch
    assert await stays() == [("provider", True), ("owner", True)]


@played
async def test_leaving_ends_the_stay_at_once(call: Call, lets_in: None) -> None:
    provider, client = await pages_inside(call, "provider", "client")

    await client.send("leave")

    await provider.hear_person("owner", "absent")
    assert await stays() == [("provider", True), ("owner", False)]


@played
async def test_a_page_that_is_gone_while_it_is_spoken_to_has_left_all_the_same(
    call: Call, lets_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, client = await pages_inside(call, "provider", "client")
    send = consumers.LiveConsumer.send
    was_spoken_to = asyncio.Event()

    async def send_to_who_is_there(
        self: consumers.LiveConsumer, text_data: str, **more: Any
    ) -> None:
        # As the server does where the other end has closed the connection.
        if self.place and self.place.epoch == client.epoch:
            was_spoken_to.set()
            raise ConnectionResetError
        await send(self, text_data=text_data, **more)

    monkeypatch.setattr(consumers.LiveConsumer, "send", send_to_who_is_there)
    await provider.send("candidate", to="owner", to_epoch=client.epoch, candidate=None)
    await was_spoken_to.wait()

    await client.send("leave")

    await provider.hear_person("owner", "absent")


@played
async def test_each_sees_who_stands_at_the_door(call: Call) -> None:
    client = await open_page(call.code, call.cookies["client"], "client")
    await client.greet()
    provider = await open_page(call.code, call.cookies["provider"], "provider")
    await provider.greet()

    await client.hear_person("provider", "door")
    await provider.hear_person("owner", "door")

    await client.close()
    await provider.hear_person("owner", "absent")


@played
async def test_news_that_come_while_a_page_is_greeted_are_heard_after_the_welcome(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await open_page(call.code, call.cookies["client"], "client")
    await client.greet()
    read = handling.arrive
    news = frame("person", person=queries.absent("owner", "Cora") | {"state": "waiting"})

    def arrive(place: handling.Place, last_message: int, now: dt.datetime) -> Frame:
        welcome = read(place, last_message, now)
        # The client joins after the provider's page was told who is there.
        send = async_to_sync(get_channel_layer().group_send)
        send(group_of(call.code), {"type": "session.announce", "frame": news})
        return welcome

    monkeypatch.setattr(handling, "arrive", arrive)
    provider = await open_page(call.code, call.cookies["provider"], "provider")

    await provider.greet()

    await provider.hear_person("owner", "waiting")


@played
async def test_words_reach_everybody_once_and_stay_in_the_room(call: Call, lets_in: None) -> None:
    provider, client = await pages_inside(call, "provider", "client")

    await client.send("chat", id="c" * 16, text="Can you hear me?")
    await client.send("chat", id="c" * 16, text="Can you hear me?")

    heard = (await provider.hear("message"))["message"]
    assert (heard["from"], heard["name"], heard["text"]) == (
        "owner",
        "Cora Client",
        "Can you hear me?",
    )
    assert (await client.hear("message"))["message"]["id"] == "c" * 16
    written = await sync_to_async(
        lambda: list(Message.objects.filter(kind="text").values_list("body", flat=True))
    )()
    assert written == ["Can you hear me?"]

    late = await open_page(call.code, call.cookies["partner"], "partner")
    assert [one["text"] for one in (await late.greet())["messages"]] == ["Can you hear me?"]


@pytest.mark.parametrize(("text", "code"), [("  ", "empty_message"), ("\x00", "empty_message")])
@played
async def test_words_that_are_none_are_refused_by_their_id(
    call: Call, lets_in: None, text: str, code: str
) -> None:
    _provider, client = await pages_inside(call, "provider", "client")

    await client.send("chat", id="c" * 16, text=text)

    error = await client.hear("error")
    assert (error["code"], error["re"], error["fatal"]) == (code, "c" * 16, False)


@played
async def test_the_level_falls_and_rises_for_everybody(call: Call, lets_in: None) -> None:
    provider, client = await pages_inside(call, "provider", "client")

    for level in ("audio", "chat", "video"):
        await client.send("level", level=level)
        assert await provider.hear("level") == {"type": "level", "level": level, "by": "owner"}


@played
async def test_the_level_never_exceeds_what_was_booked(call: Call, lets_in: None) -> None:
    await sync_to_async(Appointment.objects.update)(modality="audio")
    _provider, client = await pages_inside(call, "provider", "client")

    await client.send("level", level="video")

    assert (await client.hear("error"))["code"] == "level_too_high"


@played
async def test_being_in_a_chat_session_together_is_being_connected(
    call: Call, lets_in: None
) -> None:
    await sync_to_async(Appointment.objects.update)(modality="chat")
    await pages_inside(call, "provider", "client")

    connected = await sync_to_async(
        lambda: list(Stay.objects.values_list("connected_at", flat=True))
    )()
    assert [instant is not None for instant in connected] == [True, True]


@played
async def test_pages_report_their_paths_and_what_they_send(call: Call, lets_in: None) -> None:
    provider, client = await pages_inside(call, "provider", "client")

    await client.send("media", audio=True, video=False, screen=False)
    await client.send("path", to="provider", state="connected")
    await client.send("path", to="provider", state="failed")
    await client.send("ping")

    heard = await provider.hear_person("owner", "here")
    assert (heard["audio"], heard["video"], heard["screen"]) == (True, False, False)
    await client.hear("pong")
    stay = await sync_to_async(Stay.objects.get)(role="owner")
    assert stay.connected_at is not None
    assert stay.path_failed_at is not None


@played
async def test_what_one_end_of_a_path_reports_holds_for_both(call: Call, lets_in: None) -> None:
    provider, _client, _partner = await pages_inside(call, "provider", "client", "partner")

    await provider.send("path", to="owner", state="connected")
    await provider.send("ping")
    await provider.hear("pong")

    assert await connected() == {"provider": True, "owner": True, "partner": False}


@played
async def test_nobody_is_connected_with_somebody_who_still_waits(call: Call) -> None:
    provider = await open_page(call.code, call.cookies["provider"], "provider")
    await provider.come_in("provider")
    client = await open_page(call.code, call.cookies["client"], "client")
    await client.come_in("owner", "waiting")

    await provider.send("path", to="owner", state="connected")
    await provider.send("ping")
    await provider.hear("pong")

    assert (await connected())["owner"] is False


@played
async def test_a_couple_that_writes_to_each_other_has_not_met_its_provider(
    call: Call, lets_in: None
) -> None:
    client, _partner = await pages_inside(call, "client", "partner")

    await client.send("chat", id="1" * 16, text="Where is she?")
    await client.hear("message")

    assert await connected() == {"owner": False, "partner": False}


@sync_to_async
def connected() -> dict[str, bool]:
    """Whether each of those who came reached somebody, by role."""
    return {role: at is not None for role, at in Stay.objects.values_list("role", "connected_at")}


@played
async def test_a_page_that_keeps_silent_is_gone_for_the_others(call: Call, lets_in: None) -> None:
    """Or its media would flow on for as long as it likes, with nothing of it on record."""
    provider, client = await pages_inside(call, "provider", "client")
    long_ago = DURING - dt.timedelta(seconds=41)
    await Stay.objects.filter(role="owner").aupdate(seen_at=long_ago, joined_at=long_ago)

    await provider.send("ping")

    await provider.hear_person("owner", "absent")
    await client.hear_person("owner", "absent")
    await client.send("candidate", to="provider", to_epoch=provider.epoch, candidate=None)
    assert (await client.hear("error"))["code"] == "not_here"

    await client.send("ping")
    await provider.hear_person("owner", "here")
    assert await stays() == [("provider", True), ("owner", False), ("owner", True)]


@played
async def test_nobody_listens_on_by_keeping_silent(
    call: Call, lets_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "SILENCE_SECONDS", 0.2)
    provider, client = await pages_inside(call, "provider", "client")
    await Session.objects.all().adelete()

    assert await client.closed_with() == 4401
    assert await provider.closed_with() == 4401


@played
async def test_a_problem_is_kept_for_the_practice(call: Call) -> None:
    client = await open_page(call.code, call.cookies["client"], "client")
    await client.greet()
    await client.send("problem", kind="sound", words="I hear nothing")
    assert (await client.hear("error"))["code"] == "not_here"
    await client.send("join", take_over=False)
    await client.hear_person("owner", "waiting")

    await client.send("problem", kind="sound", words="I hear nothing")

    assert await client.hear("noted") == {"type": "noted", "kind": "sound"}
    problem = await sync_to_async(Problem.objects.get)()
    assert (problem.kind, problem.words) == ("sound", "I hear nothing")


@played
async def test_signing_out_ends_the_socket_with_the_next_renewal(call: Call, lets_in: None) -> None:
    _provider, client = await pages_inside(call, "provider", "client")
    await sync_to_async(Session.objects.all().delete)()

    await client.send("ping")

    assert (await client.hear("error"))["code"] == "not_signed_in"
    assert await client.closed_with() == 4401


@played
async def test_cancelling_ends_the_open_pages(cast: Cast, lets_in: None, call: Call) -> None:
    with time_machine.travel(at(3, 8, 50), tick=True):
        provider, client = await pages_inside(call, "provider", "client")

        @sync_to_async
        def give_up() -> None:
            cancel(call.appointment, actor=cast.provider, now=at(3, 8, 50))
            run_due()

        await give_up()
        # What the dispatch job tells the group once its transaction is committed.
        layer = get_channel_layer()
        assert layer is not None
        await layer.group_send(f"live.{call.code}", {"type": "session.changed"})

        for page in (provider, client):
            assert (await page.hear("error"))["code"] == "over"
            assert await page.closed_with() == 4410


@pytest.mark.parametrize("text", ["{", "[]", "1", '{"type": 1}', '{"type": "nope"}', '{"a": 1}'])
@played
async def test_malformed_frames_are_answered_and_harm_nobody(
    call: Call, lets_in: None, text: str
) -> None:
    provider, client = await pages_inside(call, "provider", "client")

    await client.socket.send_text(text)

    assert (await client.hear("error"))["code"] == "malformed"
    await client.send("ping")
    await client.hear("pong")
    assert await provider.hears_nothing()


@played
async def test_twenty_malformed_frames_end_the_socket(call: Call) -> None:
    page = await open_page(call.code, call.cookies["client"], "client")
    for _ in range(20):
        await page.socket.send_bytes(b"\x00")

    assert await page.closed_with() == 4400


@played
async def test_a_frame_over_the_limit_ends_the_socket(call: Call) -> None:
    page = await open_page(call.code, call.cookies["client"], "client")

    await page.send("chat", id="c" * 16, text="x" * 70_000)

    assert (await page.hear("error"))["code"] == "too_large"
    assert await page.closed_with() == 4413


@played
async def test_a_flood_ends_the_socket(call: Call, lets_in: None) -> None:
    provider, client = await pages_inside(call, "provider", "client")
    frame = json.dumps(
        {"type": "candidate", "to": "partner", "to_epoch": "x" * 16, "candidate": None}
    )
    for _ in range(400):
        await client.socket.send_text(frame)

    assert (await client.hear("error"))["code"] == "flood"
    assert await client.closed_with() == 4429
    await provider.send("ping")
    await provider.hear("pong")


@played
async def test_one_who_opens_socket_after_socket_is_a_flood(
    call: Call, lets_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "GREETINGS_PER_MINUTE", 2)
    provider, _client = await pages_inside(call, "provider", "client")
    again = await open_page(call.code, call.cookies["client"], "again")
    await again.greet()

    third = await open_page(call.code, call.cookies["client"], "third")
    await third.send("hello", version=1, epoch=third.epoch, device=third.device, last_message=0)

    assert (await third.hear("error"))["code"] == "flood"
    assert await third.closed_with() == 4429
    await provider.send("ping")
    await provider.hear("pong")


@played
async def test_another_version_is_told_to_load_anew(call: Call) -> None:
    page = await open_page(call.code, call.cookies["client"], "client")

    await page.send("hello", version=2, epoch=page.epoch, device=page.device, last_message=0)

    assert (await page.hear("error"))["code"] == "version"
    assert await page.closed_with() == 4426


@played
async def test_a_silent_socket_is_closed(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "HELLO_SECONDS", 0.05)
    page = await open_page(call.code, call.cookies["client"], "client")

    assert await page.closed_with() == 4400


@played
async def test_a_page_is_not_closed_for_a_database_that_answers_late(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = handling.look

    def look_late(place: handling.Place, now: dt.datetime) -> Entry:
        time.sleep(0.3)
        return look(place, now)

    monkeypatch.setattr(handling, "look", look_late)
    monkeypatch.setattr(consumers, "HELLO_SECONDS", 0.15)
    page = await open_page(call.code, call.cookies["client"], "client")

    welcome = await page.greet()

    assert welcome["you"] == "owner"


@played
async def test_frames_before_the_greeting_are_refused(call: Call) -> None:
    page = await open_page(call.code, call.cookies["client"], "client")

    await page.send("join", take_over=False)

    assert (await page.hear("error"))["code"] == "malformed"


@played
async def test_an_unconfirmed_session_is_not_open(call: Call, cast: Cast) -> None:
    @sync_to_async
    def request() -> str:
        return book(cast.room, at(3, 14), now=at(2, 10)).code

    page = await open_page(await request(), call.cookies["client"], "client")
    await page.send("hello", version=1, epoch=page.epoch, device=page.device, last_message=0)

    assert (await page.hear("error"))["code"] == "not_open"


@played
async def test_ten_thousand_malformed_frames_reach_nobody(
    call: Call, lets_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Five hundred sockets in a moment, each for its twenty frames.
    monkeypatch.setattr(handling, "GREETINGS_PER_MINUTE", 1_000)
    provider, *_ = await pages_inside(call, "provider")
    texts = islice(malformed_frames(), 10_000)

    for twenty in iter(lambda: list(islice(texts, 20)), []):
        client = await open_page(call.code, call.cookies["client"], "client")
        await client.come_in("owner")
        for text in twenty:
            await client.socket.send_text(text)
        assert await client.closed_with() == 4400
        await client.close()
        await provider.hear_person("owner", "away")

    assert await provider.hears_nothing()
    await provider.send("ping")
    await provider.hear("pong")
