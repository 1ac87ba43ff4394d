"""Pushes to devices, against a stand-in push service that answers well, badly, slowly or not at all."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.db import IntegrityError, transaction
from pytest_django import Settings

from alcove.core import clock, jobs, outbound
from alcove.notifications import carriers, push
from alcove.notifications.actions.add_device import MOST_DEVICES, add_device
from alcove.notifications.actions.post_letter import post_letter
from alcove.notifications.actions.retry_delivery import retry_delivery
from alcove.notifications.devices import name_of
from alcove.notifications.errors import NotASubscription
from alcove.notifications.kinds import Channel, Kind, push_words
from alcove.notifications.models import Delivery, PushCopy, PushDevice
from alcove.notifications.vapid import public_key, push_is_usable
from alcove.notifications.web_push import decode
from alcove.people.models import Person
from tests.cast import NOW, Cast, at, book_confirmed
from tests.push_browser import PushBrowser
from tests.stand_in import DROP, HANG, StandIn

LATER = NOW + dt.timedelta(hours=2)


@pytest.fixture
def cora(cast: Cast) -> Person:
    return cast.client


def add(person: Person, stand_in: StandIn, path: str = "/send/one") -> PushBrowser:
    """A browser of this person, subscribed at the stand-in."""
    browser = PushBrowser()
    add_device(
        actor=person,
        endpoint=stand_in.address(path),
        p256dh=browser.keys.p256dh,
        auth=browser.keys.auth,
        name="Firefox on Linux",
        now=NOW,
    )
    return browser


def post(
    person: Person, *, kind: Kind = Kind.BOOKINGS, useful_until: dt.datetime | None = None
) -> Delivery:
    """A message to the person's devices, waiting for the job."""
    message = Delivery(
        person=person,
        channel=Channel.PUSH,
        kind=kind,
        subject=push_words(kind),
        path="/schedule/ABC/",
        useful_until=useful_until,
    )
    post_letter(message, now=NOW)
    return message


def state_of(message: Delivery) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.last_error


def test_browser_reads_neutral_words_and_an_opaque_path(cora: Person, stand_in: StandIn) -> None:
    browser = add(cora, stand_in)
    message = post(cora)

    jobs.run_due(NOW)

    (asked,) = stand_in.asked
    words = json.loads(browser.read(asked.body))
    assert words == {
        "title": "You have news",
        "body": "",
        "url": "/schedule/ABC/",
        "tag": asked.headers["topic"],
        "lang": "en",
    }
    assert (asked.method, asked.path) == ("POST", "/send/one")
    assert asked.headers["content-encoding"] == "aes128gcm"
    assert (asked.headers["ttl"], asked.headers["urgency"]) == ("86400", "normal")
    assert re.fullmatch(r"[\w-]{32}", asked.headers["topic"])
    assert state_of(message) == ("sent", "")
    assert PushDevice.objects.get().reached_at is not None


def test_reminder_is_urgent_and_not_kept_longer_than_it_is_of_use(
    cora: Person, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    browser = add(cora, stand_in)
    post(cora, kind=Kind.REMINDERS, useful_until=NOW + dt.timedelta(hours=1))

    jobs.run_due(NOW)

    (asked,) = stand_in.asked
    assert json.loads(browser.read(asked.body))["title"] == "Something is coming up"
    assert (asked.headers["ttl"], asked.headers["urgency"]) == ("3600", "high")


def test_push_service_can_check_who_sends(
    cora: Person, stand_in: StandIn, settings: Settings
) -> None:
    settings.PUSH_CONTACT = "mailto:post@example.org"
    add(cora, stand_in)
    post(cora)

    jobs.run_due(NOW)

    found = re.fullmatch(
        r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+),k=([\w-]+)",
        stand_in.asked[0].headers["authorization"],
    )
    assert found
    head, claims, signature, public = found.groups()
    assert public == public_key()
    assert json.loads(decode(claims))["aud"] == stand_in.address("")
    assert json.loads(decode(claims))["sub"] == "mailto:post@example.org"
    numbers = decode(signature)
    signed = encode_dss_signature(
        int.from_bytes(numbers[:32], "big"), int.from_bytes(numbers[32:], "big")
    )
    checker = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(public))
    checker.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


def test_every_device_of_the_person_gets_it_and_nobody_elses(cast: Cast, stand_in: StandIn) -> None:
    phone = add(cast.client, stand_in, "/send/phone")
    desk = add(cast.client, stand_in, "/send/desk")
    add(cast.partner, stand_in, "/send/partner")
    post(cast.client)

    jobs.run_due(NOW)

    bodies = {asked.path: asked.body for asked in stand_in.asked}
    assert sorted(bodies) == ["/send/desk", "/send/phone"]
    assert phone.read(bodies["/send/phone"])
    assert desk.read(bodies["/send/desk"])


@pytest.mark.parametrize("status", [404, 410])
def test_device_that_took_its_subscription_back_is_dropped(
    cora: Person, stand_in: StandIn, status: int
) -> None:
    add(cora, stand_in)
    stand_in.answers = [status]
    message = post(cora)

    jobs.run_due(NOW)

    assert not PushDevice.objects.exists()
    assert state_of(message) == ("failed", "no device is left")


@pytest.mark.parametrize("status", [302, 400, 403, 413])
def test_refusal_fails_with_its_reason_for_staff_to_see(
    cora: Person, stand_in: StandIn, status: int
) -> None:
    add(cora, stand_in)
    stand_in.answers = [status]
    message = post(cora)

    jobs.run_due(NOW)
    jobs.run_due(LATER)

    assert state_of(message) == ("failed", f"the push service answered {status}")
    assert len(stand_in.asked) == 1
    assert PushDevice.objects.exists()


@pytest.mark.parametrize("trouble", [429, 500, 503, DROP, HANG])
def test_passing_trouble_is_waited_out(
    cora: Person, stand_in: StandIn, trouble: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "SECONDS_FOR_ONE", 0.5)
    browser = add(cora, stand_in)
    stand_in.answers = [trouble, 201]
    message = post(cora)

    jobs.run_due(NOW)
    state, reason = state_of(message)
    jobs.run_due(NOW + dt.timedelta(seconds=29))
    early = len(stand_in.asked)
    jobs.run_due(NOW + dt.timedelta(seconds=31))

    assert state == "waiting"
    assert "push.example.org" not in reason
    assert early == 1
    assert state_of(message) == ("sent", "")
    first, second = stand_in.asked
    assert first.headers["topic"] == second.headers["topic"]
    assert json.loads(browser.read(first.body)) == json.loads(browser.read(second.body))


def test_trouble_with_one_device_repeats_nothing_on_another(
    cora: Person, stand_in: StandIn
) -> None:
    add(cora, stand_in, "/send/phone")
    add(cora, stand_in, "/send/desk")
    stand_in.answers = [201, 503, 201]
    message = post(cora)

    jobs.run_due(NOW)
    jobs.run_due(LATER)

    assert [asked.path for asked in stand_in.asked] == ["/send/phone", "/send/desk", "/send/desk"]
    assert state_of(message) == ("sent", "")


def test_refusal_by_one_device_is_seen_although_another_took_it(
    cora: Person, stand_in: StandIn
) -> None:
    add(cora, stand_in, "/send/phone")
    add(cora, stand_in, "/send/desk")
    stand_in.answers = [413, 201]
    message = post(cora)

    jobs.run_due(NOW)

    assert state_of(message) == ("failed", "the push service answered 413")


def test_staffs_second_try_goes_to_who_refused_alone(cast: Cast, stand_in: StandIn) -> None:
    add(cast.client, stand_in, "/send/phone")
    add(cast.client, stand_in, "/send/desk")
    stand_in.answers = [403, 201, 201]
    message = post(cast.client)
    jobs.run_due(NOW)

    retry_delivery(actor=cast.staff, delivery=message, now=LATER)
    jobs.run_due(LATER)

    assert [asked.path for asked in stand_in.asked] == ["/send/phone", "/send/desk", "/send/phone"]
    assert state_of(message) == ("sent", "")


STEPS = [
    # What the sender has just done when it dies, and how often the service hears of the message.
    (push, "_open_copies", 1),
    (push, "seal", 1),
    (outbound, "ask", 2),  # the service took it, and nobody can know: the one permitted repetition
    (push, "_judge", 1),
    (push, "push_to_devices", 1),
]


@pytest.mark.parametrize(("module", "step", "times"), STEPS)
def test_sender_that_dies_between_any_two_steps_repeats_at_most_under_the_same_topic(
    cora: Person,
    stand_in: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    step: str,
    times: int,
) -> None:
    add(cora, stand_in)
    message = post(cora)
    real = getattr(module, step)

    def die_after(*words: Any, **options: Any) -> Any:
        real(*words, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "push_to_devices":
            carrier = replace(carriers._carriers[Channel.PUSH], send=die_after)
            patch.setitem(carriers._carriers, Channel.PUSH, carrier)
        else:
            patch.setattr(module, step, die_after)
        with pytest.raises(KeyboardInterrupt):
            jobs.run_due(NOW)
    jobs.run_due(LATER)
    jobs.run_due(LATER + dt.timedelta(hours=2))

    topics = [asked.headers["topic"] for asked in stand_in.asked]
    assert len(topics) == times
    assert len(set(topics)) == 1
    assert state_of(message) == ("sent", "")


def test_two_messages_have_topics_of_their_own(cora: Person, stand_in: StandIn) -> None:
    add(cora, stand_in)
    post(cora)
    post(cora)

    jobs.run_due(NOW)

    assert len({asked.headers["topic"] for asked in stand_in.asked}) == 2


def test_endpoint_that_leads_inside_is_never_asked(
    cora: Person, stand_in: StandIn, settings: Settings
) -> None:
    add(cora, stand_in)
    settings.OUTBOUND_TO_LOOPBACK = False
    message = post(cora)

    jobs.run_due(NOW)

    assert stand_in.connections == 0
    assert state_of(message) == ("failed", "it leads to an address that is not public")


@pytest.mark.parametrize(
    ("language", "title"), [("en", "You have news"), ("es", "Tienes novedades")]
)
def test_confirmation_is_pushed_in_the_readers_language(
    cast: Cast, stand_in: StandIn, language: str, title: str
) -> None:
    cast.client.language = language
    cast.client.save()
    browser = add(cast.client, stand_in)
    appointment = book_confirmed(cast.room, at(4, 9))

    jobs.run_due(NOW)

    (asked,) = stand_in.asked  # of the booking, the client's own act, they hear by mail alone
    words = json.loads(browser.read(asked.body))
    assert (words["title"], words["lang"]) == (title, language)
    assert words["url"] == f"/live/{appointment.code}/"


def test_browser_that_changes_hands_takes_nothing_of_the_former_with_it(
    cast: Cast, stand_in: StandIn
) -> None:
    add(cast.client, stand_in)
    message = post(cast.client)
    add(cast.partner, stand_in)

    jobs.run_due(NOW)

    assert stand_in.asked == []
    assert PushDevice.objects.get().person == cast.partner
    assert state_of(message) == ("failed", "no device is left")


def test_same_browser_again_is_one_device(cora: Person, stand_in: StandIn) -> None:
    add(cora, stand_in)
    add(cora, stand_in)

    assert PushDevice.objects.count() == 1


def test_oldest_device_gives_way_to_one_too_many(cora: Person, stand_in: StandIn) -> None:
    for number in range(MOST_DEVICES + 1):
        add(cora, stand_in, f"/send/{number}")

    kept = PushDevice.objects.order_by("pk").values_list("endpoint", flat=True)
    assert [address.rpartition("/")[2] for address in kept] == [
        str(number) for number in range(1, MOST_DEVICES + 1)
    ]


@pytest.mark.parametrize(
    ("endpoint", "p256dh", "auth"),
    [
        ("http://push.example.org/x", None, None),
        ("https://127.0.0.1/x", None, None),
        ("https://[::ffff:10.0.0.1]/x", None, None),
        ("https://push.example.org/x", "nonsense", None),
        ("https://push.example.org/x", None, "short"),
    ],
)
def test_what_no_browser_made_is_refused(
    cora: Person, endpoint: str, p256dh: str | None, auth: str | None
) -> None:
    keys = PushBrowser().keys

    with pytest.raises(NotASubscription):
        add_device(
            actor=cora,
            endpoint=endpoint,
            p256dh=p256dh or keys.p256dh,
            auth=auth or keys.auth,
            name="A browser",
            now=NOW,
        )

    assert not PushDevice.objects.exists()


def test_database_itself_keeps_one_copy_a_device_and_endpoints_over_tls(
    cora: Person, stand_in: StandIn
) -> None:
    add(cora, stand_in)
    message = post(cora)
    device = PushDevice.objects.get()
    PushCopy.objects.create(delivery=message, device=device)

    def breaks(act: Callable[[], object]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    breaks(lambda: PushCopy.objects.create(delivery=message, device=device))
    breaks(lambda: PushDevice.objects.update(endpoint="http://push.example.org/"))


WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows",
        ),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_device_is_called_what_a_person_would_call_it(agent: str, name: str) -> None:
    assert name_of(agent) == name


def test_settings_that_push_services_would_refuse_are_refused_at_start(settings: Settings) -> None:
    assert push_is_usable() == []

    settings.PUSH_PRIVATE_KEY, settings.PUSH_CONTACT = "secret", "post@example.org"

    assert [found.id for found in push_is_usable()] == ["alcove.E020", "alcove.E021"]
