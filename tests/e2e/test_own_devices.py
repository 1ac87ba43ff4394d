"""What a person's own device does for them: installed, without a connection, with notifications."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Worker, expect

from tests.browser import DESKTOP, FLAGS, OpenPage, find_chromium, watch_of
from tests.e2e.practice import Practice, look_closely
from tests.push_browser import PushBrowser

pytestmark = pytest.mark.browser

KEEP = "Keep my coming sessions on this device"
WITHOUT_CONNECTION = r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"


@pytest.fixture
def client(practice: Practice, open_page: OpenPage) -> Page:
    """The client's page, in a browser that may have service workers."""
    page = practice.open_as(open_page, "client", service_workers="allow")
    watch_of(page).allow(WITHOUT_CONNECTION)
    return page


def keep_sessions(page: Page) -> None:
    page.goto("/you/devices/")
    page.get_by_role("button", name=KEEP).click()
    expect(page.get_by_text("Your coming sessions are kept on this device.")).to_be_visible()


def go_without_connection(page: Page, path: str) -> None:
    page.context.set_offline(True)
    page.goto(path)


def kept_on_device(page: Page) -> list[str]:
    """The paths of what the worker keeps for the person of this device."""
    found: list[str] = page.evaluate(
        "caches.open('device').then(cache => cache.keys())"
        ".then(keys => keys.map(key => new URL(key.url).pathname))"
    )
    return sorted(found)


def wait_until_kept(page: Page, *paths: str) -> None:
    """The worker forgets and renews beside the page, so it may take a moment."""
    page.wait_for_function(
        """async (wanted) => {
            const keys = await (await caches.open("device")).keys();
            const found = keys.map((key) => new URL(key.url).pathname).sort();
            return JSON.stringify(found) === JSON.stringify(wanted);
        }""",
        arg=sorted(paths),
    )


CHOICE, SNAPSHOT = "/device/keeps-sessions", "/schedule/offline/"


# --- Installed ------------------------------------------------------------------------------------


@pytest.fixture
def lasting_page(chromium: Browser, practice: Practice, tmp_path: Path) -> Iterator[Page]:
    """A page of a profile that lasts: private ones can install nothing."""
    context = chromium.browser_type.launch_persistent_context(
        tmp_path / "profile", executable_path=find_chromium(), args=FLAGS, viewport=DESKTOP
    )
    page = context.new_page()
    page.goto(f"{practice.address}/account/login/")
    yield page
    context.close()


def test_browser_finds_nothing_that_would_keep_it_from_being_installed(lasting_page: Page) -> None:
    debugger = lasting_page.context.new_cdp_session(lasting_page)

    manifest = debugger.send("Page.getAppManifest")
    trouble = debugger.send("Page.getInstallabilityErrors")

    assert manifest["errors"] == []
    assert manifest["manifest"]["name"] == "Linden Practice"
    assert trouble["installabilityErrors"] == []


# --- Without a connection -------------------------------------------------------------------------


def test_nothing_is_left_on_a_device_where_nothing_was_turned_on(client: Page) -> None:
    client.goto("/you/devices/")
    client.goto("/schedule/")
    client.wait_for_load_state("networkidle")

    workers = client.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)")

    assert workers == 0
    assert client.evaluate("caches.keys()") == []


def test_coming_sessions_are_readable_without_a_connection(
    practice: Practice, client: Page
) -> None:
    keep_sessions(client)
    client.goto("/schedule/")
    wait_until_kept(client, CHOICE, SNAPSHOT)

    go_without_connection(client, "/schedule/")

    expect(client.get_by_role("heading", name="Your coming sessions")).to_be_visible()
    expect(client.get_by_text(re.compile("as of"))).to_be_visible()
    live = f"/live/{practice.world.sessions['confirmed']}/"
    expect(client.locator(f"a[href='{live}']")).to_be_visible()
    assert "Petra" not in client.content()
    look_closely(client)

    client.goto("/rooms/")
    expect(client.get_by_role("heading", name="Your coming sessions")).to_be_visible()
    client.get_by_role("link", name="In crisis? Get help now").click()
    expect(client.get_by_role("heading", name="Help at once")).to_be_visible()
    client.go_back()

    client.context.set_offline(False)
    client.get_by_role("link", name="Try again").click()
    expect(client.get_by_role("heading", name="Rooms")).to_be_visible()


def test_device_that_keeps_nothing_says_that_there_is_no_connection(client: Page) -> None:
    keep_sessions(client)
    client.get_by_role("button", name="Forget them").click()
    expect(client.get_by_role("button", name=KEEP)).to_be_visible()

    go_without_connection(client, "/schedule/")

    expect(client.get_by_role("heading", name="No connection")).to_be_visible()
    look_closely(client)
    assert kept_on_device(client) == []


def test_signing_out_forgets_everything(client: Page) -> None:
    keep_sessions(client)
    client.get_by_role("button", name="Sign out").click()
    client.wait_for_url("**/account/login/**")
    wait_until_kept(client)

    go_without_connection(client, "/schedule/")

    expect(client.get_by_role("heading", name="No connection")).to_be_visible()


def test_being_signed_out_forgets_the_sessions_until_the_same_person_is_back(
    practice: Practice, client: Page
) -> None:
    keep_sessions(client)
    client.context.clear_cookies()
    client.goto("/rooms/")
    wait_until_kept(client, CHOICE)
    go_without_connection(client, "/schedule/")
    expect(client.get_by_role("heading", name="No connection")).to_be_visible()
    client.context.set_offline(False)

    practice.sign_in(client, "client")
    wait_until_kept(client, CHOICE, SNAPSHOT)

    go_without_connection(client, "/schedule/")
    expect(client.get_by_role("heading", name="Your coming sessions")).to_be_visible()


def test_another_persons_visit_forgets_everything(practice: Practice, client: Page) -> None:
    keep_sessions(client)

    practice.sign_in(client, "partner")
    wait_until_kept(client)

    go_without_connection(client, "/schedule/")
    expect(client.get_by_role("heading", name="No connection")).to_be_visible()


# --- Notifications --------------------------------------------------------------------------------


def give_subscription(page: Page, browser: PushBrowser, endpoint: str) -> None:
    """Let the browser have a subscription without any push service: there is none to be reached."""
    subscription = {
        "endpoint": endpoint,
        "keys": {"p256dh": browser.keys.p256dh, "auth": browser.keys.auth},
    }
    page.add_init_script(
        f"""
        const made = {json.dumps(subscription)};
        const one = {{ ...made, toJSON: () => made, unsubscribe: async () => {{
            localStorage.removeItem("subscribed"); return true; }} }};
        PushManager.prototype.getSubscription = async () =>
            localStorage.getItem("subscribed") ? one : null;
        PushManager.prototype.subscribe = async (options) => {{
            localStorage.setItem("subscribed", options.applicationServerKey.length);
            return one; }};
        """
    )


def test_device_is_turned_on_by_a_tap_and_off_by_another(client: Page) -> None:
    client.context.grant_permissions(["notifications"])
    give_subscription(client, PushBrowser(), "https://push.example.org/send/tap")
    client.goto("/you/devices/")

    client.get_by_role("button", name="Turn on for this device").click()
    expect(client.get_by_text("On for this device.", exact=True)).to_be_visible()
    expect(client.get_by_role("heading", name=re.compile("on Linux"))).to_be_visible()
    expect(client.get_by_text("This device", exact=True)).to_be_visible()
    assert client.evaluate("localStorage.getItem('subscribed')") == "65"
    look_closely(client)

    client.get_by_role("button", name="Send a test").click()
    expect(client.get_by_text("A test is on its way.")).to_be_visible()

    client.get_by_role("button", name="Turn off for this device").click()
    expect(client.get_by_text("That device gets no more notifications.")).to_be_visible()
    expect(client.get_by_role("button", name="Turn on for this device")).to_be_visible()
    assert client.evaluate("localStorage.getItem('subscribed')") is None


def test_browser_that_denies_is_told_how_to_be_asked_again(client: Page) -> None:
    client.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    client.goto("/you/devices/")

    expect(client.get_by_text("does not let this page show notifications")).to_be_visible()
    look_closely(client)


def test_iphone_is_told_to_install_first(client: Page) -> None:
    client.add_init_script("delete window.PushManager; Navigator.prototype.standalone = false")
    client.goto("/you/devices/")

    expect(client.get_by_text("On iPhone and iPad, notifications work once")).to_be_visible()
    look_closely(client)


def test_browser_without_push_says_that_mail_works(client: Page) -> None:
    client.add_init_script("delete window.PushManager")
    client.goto("/you/devices/")

    expect(client.get_by_text("This browser cannot show notifications of a page.")).to_be_visible()


def test_page_without_scripts_says_what_is_needed(practice: Practice, open_page: OpenPage) -> None:
    page = practice.open_as(open_page, "client", javascript=False)
    page.goto("/you/devices/")

    expect(page.get_by_text("this page needs the scripts of your browser").first).to_be_visible()
    expect(page.get_by_role("button", name="Turn on for this device")).to_be_hidden()


@pytest.fixture
def worker(client: Page) -> Worker:
    """The worker of a device that may show notifications."""
    client.context.grant_permissions(["notifications"])
    keep_sessions(client)
    return client.context.service_workers[0]


def push(page: Page, data: str) -> None:
    """Deliver a push as the browser does when its service brings one."""
    # It drops what comes for a worker that is not at work yet.
    page.wait_for_function(
        "navigator.serviceWorker.ready.then((found) => found.active.state === 'activated')"
    )
    debugger = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    debugger.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(event["registrations"]),
    )
    debugger.send("ServiceWorker.enable")
    page.wait_for_timeout(100)
    debugger.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": found[-1]["scopeURL"].rstrip("/"),
            "registrationId": found[-1]["registrationId"],
            "data": data,
        },
    )


def shown(worker: Worker) -> list[dict[str, str]]:
    """The notifications that are shown."""
    found: list[dict[str, str]] = worker.evaluate(
        "async () => (await self.registration.getNotifications()).map("
        "({ title, body, tag, lang, data }) => ({ title, body, tag, lang, url: data.url }))"
    )
    return found


def wait_for(worker: Worker, page: Page, number: int) -> list[dict[str, str]]:
    for _ in range(400):
        if len(found := shown(worker)) == number:
            return found
        page.wait_for_timeout(50)
    raise AssertionError(f"shown: {shown(worker)}")


def test_what_the_server_pushes_is_read_by_the_browser_alone_and_shown(
    practice: Practice, client: Page
) -> None:
    browser = PushBrowser()
    client.context.grant_permissions(["notifications"])
    give_subscription(
        client, browser, practice.push_service.address("/send/whole", host="127.0.0.1")
    )
    client.goto("/you/devices/")
    client.get_by_role("button", name="Turn on for this device").click()
    expect(client.get_by_text("On for this device.", exact=True)).to_be_visible()
    here = client.locator("li", has=client.get_by_text("This device", exact=True))
    here.get_by_role("button", name="Send a test").click()
    expect(client.get_by_text("A test is on its way.")).to_be_visible()

    sealed = pushed_to(practice, "/send/whole", client)
    push(client, browser.read(sealed).decode())

    (shown_now,) = wait_for(client.context.service_workers[0], client, 1)
    assert (shown_now["title"], shown_now["url"]) == ("This is a test", "/you/devices/")
    client.reload()
    expect(here.get_by_text(re.compile("Last reached"))).to_be_visible()
    here.get_by_role("button", name="Remove").click()
    expect(client.get_by_text("That device gets no more notifications.")).to_be_visible()


def pushed_to(practice: Practice, path: str, page: Page) -> bytes:
    """What the push service was given for this address; waits for it."""
    for _ in range(400):
        bodies = [one.body for one in practice.push_service.asked if one.path == path]
        if bodies:
            return bodies[0]
        page.wait_for_timeout(50)
    raise AssertionError("nothing was pushed")


def test_push_is_shown_once_however_often_it_comes(client: Page, worker: Worker) -> None:
    words = {"title": "You have news", "url": "/rooms/", "tag": "delivery-a", "lang": "en"}

    push(client, json.dumps(words))
    push(client, json.dumps(words))

    assert wait_for(worker, client, 1) == [{**words, "body": ""}]
    push(client, json.dumps({**words, "tag": "delivery-b"}))
    wait_for(worker, client, 2)


@pytest.mark.parametrize("data", ["", "no words of ours", "{}", "[]", '{"title": 7}'])
def test_push_that_cannot_be_read_says_that_there_is_news(
    client: Page, worker: Worker, data: str
) -> None:
    push(client, data)

    (notification,) = wait_for(worker, client, 1)
    assert (notification["title"], notification["url"]) == ("You have news", "/")


def tap(worker: Worker, url: str) -> list[str]:
    """What the worker does on a tap; browsers let it open pages on a real one only."""
    done: list[str] = worker.evaluate(
        """async (url) => {
            const done = [];
            Clients.prototype.openWindow = async (address) => done.push(`opened ${address}`);
            WindowClient.prototype.focus = async function () { done.push(`to ${this.url}`); };
            await self.registration.showNotification("You have news", { data: { url } });
            const [notification] = await self.registration.getNotifications();
            const event = new NotificationEvent("notificationclick", { notification });
            const ends = [];
            event.waitUntil = (promise) => ends.push(promise);
            self.dispatchEvent(event);
            await Promise.all(ends);
            done.push(`left ${(await self.registration.getNotifications()).length}`);
            return done;
        }""",
        url,
    )
    return done


def test_tap_goes_to_the_open_page_or_opens_one_and_never_elsewhere(
    practice: Practice, client: Page, worker: Worker
) -> None:
    origin = practice.address

    assert tap(worker, "/you/devices/") == [f"to {origin}/you/devices/", "left 0"]
    assert tap(worker, "/rooms/?a=b") == [f"opened {origin}/rooms/?a=b", "left 0"]
    assert tap(worker, "https://other.example.org/x") == [f"opened {origin}/", "left 0"]


def test_signing_out_takes_shown_notifications_away(client: Page, worker: Worker) -> None:
    push(client, json.dumps({"title": "You have news", "url": "/rooms/", "tag": "a"}))
    wait_for(worker, client, 1)

    client.get_by_role("button", name="Sign out").click()
    client.wait_for_url("**/account/login/**")

    wait_for(worker, client, 0)
