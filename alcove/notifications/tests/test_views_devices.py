"""The page of one's own devices: what it shows, whose it is, and what its buttons do."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alcove.core import jobs
from alcove.notifications.devices import digest_of
from alcove.notifications.models import Delivery, PushDevice
from tests.cast import NOW, Cast
from tests.push_browser import PushBrowser
from tests.stand_in import StandIn

PAGE = "/you/devices/"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def cora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.client)
    return client


def subscription(endpoint: str = "https://push.example.org/send/one") -> dict[str, str]:
    keys = PushBrowser().keys
    return {"endpoint": endpoint, "p256dh": keys.p256dh, "auth": keys.auth}


def test_page_without_devices_says_how_to_add_one(cora: Client) -> None:
    page = cora.get(PAGE).content.decode()

    assert "None yet. Turn them on above, on each device that may show them." in page
    assert "Turn on for this device" in page
    assert "Keep my coming sessions on this device" in page


def test_browser_is_taken_under_the_name_of_its_own_claim(cast: Cast, cora: Client) -> None:
    answer = cora.post(f"{PAGE}add/", subscription(), headers={"User-Agent": AGENT})

    page = cora.get(PAGE).content.decode()
    device = PushDevice.objects.get()
    assert answer.status_code == 204
    assert (device.person, device.name) == (cast.client, "Firefox on Linux")
    assert "Firefox on Linux" in page
    assert digest_of(device.endpoint) in page
    assert device.endpoint not in page


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"endpoint": "https://push.example.org/"},
        subscription("http://push.example.org/"),
        subscription("https://192.168.0.1/"),
        {**subscription(), "p256dh": "<script>"},
        {**subscription(), "auth": "x" * 31},
        subscription("https://push.example.org/" + "x" * 1000),
    ],
)
def test_what_no_browser_made_changes_nothing(cora: Client, fields: dict[str, str]) -> None:
    assert cora.post(f"{PAGE}add/", fields).status_code == 422
    assert not PushDevice.objects.exists()


def test_test_goes_to_that_device_alone(cora: Client, stand_in: StandIn) -> None:
    cora.post(f"{PAGE}add/", subscription(stand_in.address("/send/phone")))
    cora.post(f"{PAGE}add/", subscription(stand_in.address("/send/desk")))
    phone = PushDevice.objects.get(endpoint__endswith="phone")

    answer = cora.post(f"{PAGE}{phone.pk}/test/")
    jobs.run_due()

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert [asked.path for asked in stand_in.asked] == ["/send/phone"]
    test = Delivery.objects.get()
    assert (test.state, test.subject, test.path) == ("sent", "This is a test", PAGE)


def test_removed_device_gets_nothing_more(cora: Client, stand_in: StandIn) -> None:
    cora.post(f"{PAGE}add/", subscription(stand_in.address()))
    device = PushDevice.objects.get()

    answer = cora.post(f"{PAGE}{device.pk}/remove/")

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert not PushDevice.objects.exists()


def test_device_of_somebody_else_does_not_exist(cast: Cast, cora: Client) -> None:
    cora.post(f"{PAGE}add/", subscription())
    device = PushDevice.objects.get()

    for role in ("partner", "provider", "staff", "stranger"):
        cora.force_login(getattr(cast, role))
        assert cora.post(f"{PAGE}{device.pk}/test/").status_code == 404
        assert cora.post(f"{PAGE}{device.pk}/remove/").status_code == 404
        assert digest_of(device.endpoint) not in cora.get(PAGE).content.decode()

    assert PushDevice.objects.get() == device
    assert not Delivery.objects.exists()


def test_page_asks_the_database_as_often_for_three_devices_as_for_one(
    cast: Cast, cora: Client
) -> None:

    counts = []
    for paths in (["a"], ["b", "c"]):
        for path in paths:
            cora.post(f"{PAGE}add/", subscription(f"https://push.example.org/{path}"))
        with CaptureQueriesContext(connection) as queries:
            cora.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert PushDevice.objects.filter(added_at__gt=NOW).count() == 3
