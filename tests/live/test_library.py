"""The pieces of the live library alone, in a real browser: no server, no devices."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route

from tests.browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

LIBRARY = Path(settings.BASE_DIR) / "static/js/live"
ORIGIN = "http://127.0.0.1:9"
IMPORTS = {f"live/{path.stem}": f"/live/{path.name}" for path in LIBRARY.glob("*.js")}
PAGE = (
    '<!doctype html><link rel="icon" href="data:,"><script type="importmap">'
    + json.dumps({"imports": IMPORTS})
    + "</script>"
)

# Two ends of one connection in one page; `drop(kind, from)` loses frames on their way.
TWO_ENDS = """
const {Peer} = await import("live/peer");
const certificate = () => RTCPeerConnection.generateCertificate({name: "ECDSA", namedCurve: "P-256"});
const ice = {servers: [], policy: "all", until: ""};
const ends = {};
const wire = {drop: () => false, change: (fields) => fields};
const make = async (name, other, isPolite) => new Peer({
  epoch: other, isPolite, hasVideo: true, ice, certificate: await certificate(),
  tracks: {audio: null, video: null},
  canSend: () => true,
  renewIce: async () => ice,
  send: (type, fields) => {
    if (wire.drop(type, name)) return;
    const {description, candidate} = structuredClone(wire.change(fields));
    if (type === "description") ends[other]?.takeDescription(description);
    else ends[other]?.takeCandidate(candidate);
  },
});
const meet = async () => {
  ends.polite = await make("polite", "impolite", true);
  ends.impolite = await make("impolite", "polite", false);
};
const until = async (holds, seconds = 12) => {
  const end = performance.now() + seconds * 1000;
  while (!holds() && performance.now() < end) await new Promise((done) => setTimeout(done, 20));
  return holds();
};
const areConnected = () => Object.values(ends).every((end) => end.path === "connected");
"""


@pytest.fixture
def library(open_page: OpenPage) -> Page:
    """An empty page that can import the library by its names."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(body=PAGE, content_type="text/html")
        else:
            route.fulfill(
                body=(LIBRARY / Path(path).name).read_text(), content_type="text/javascript"
            )

    page = open_page(ORIGIN)
    page.route("**/*", answer)
    page.goto("/")
    return page


def run(page: Page, script: str, argument: Any = None) -> Any:
    """The value that the body of an asynchronous function returns."""
    return page.evaluate(f"async (given) => {{ {script} }}", argument)


def code(page: Page, fingerprints: list[str], salt: str = "2GX7") -> str:
    """The safety code of these fingerprints."""
    found: str = run(
        page,
        'const {safetyCode} = await import("live/safety_code"); return safetyCode(...given);',
        [fingerprints, salt],
    )
    return found


def test_the_code_is_the_same_for_the_same_fingerprints_in_any_order(library: Page) -> None:
    first = code(library, ["sha-256 AA", "sha-256 BB", "sha-256 CC"])

    assert code(library, ["sha-256 CC", "sha-256 AA", "sha-256 BB", "sha-256 AA"]) == first
    assert [len(group) for group in first.split()] == [4] * 5
    assert first.replace(" ", "").isdecimal()


def test_the_code_differs_with_a_swapped_fingerprint_and_in_another_session(library: Page) -> None:
    codes = {
        code(library, ["sha-256 AA", "sha-256 BB"]),
        code(library, ["sha-256 AA", "sha-256 EE"]),
        code(library, ["sha-256 AA", "sha-256 BB"], salt="9KQ2"),
    }

    assert len(codes) == 3


def test_the_wish_for_opus_changes_its_own_line_only(library: Page) -> None:
    lines = [
        "a=rtpmap:63 red/48000/2",
        "a=fmtp:63 111/111",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;usedtx=0",
        "a=fingerprint:sha-256 AA:BB",
        "",
    ]

    found = run(
        library,
        'const {wishForOpus} = await import("live/opus"); return wishForOpus(given);',
        "\r\n".join(lines),
    )

    lines[3] = "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1"
    assert found == "\r\n".join(lines)


def test_pauses_grow_to_a_limit_and_are_never_all_the_same(library: Page) -> None:
    longest, shortest = run(
        library,
        'const {pauseBefore} = await import("live/signalling");'
        "return [1, 0].map((chance) =>"
        " [0, 1, 2, 20].map((tries) => Math.round(pauseBefore(tries, chance))));",
    )

    assert longest == [300, 510, 867, 8000]
    assert shortest == [225, 383, 650, 6000]


def test_one_bad_moment_is_no_verdict(library: Page) -> None:
    shown = run(
        library,
        """const {Judge} = await import("live/quality");
        const judge = new Judge();
        return given.map((verdict) => { judge.weigh(verdict); return judge.shown; });""",
        ["poor", "good", "poor", "good", "poor", "poor", "good", "good", "good"],
    )

    assert shown == [None, "good", "good", "good", "good", "poor", "poor", "poor", "good"]


@pytest.mark.parametrize(
    ("level", "standing", "advice"),
    [
        ("video", {"quality": "poor", "outage": 0}, "audio"),
        ("audio", {"quality": "poor", "outage": 0}, "chat"),
        ("video", {"quality": None, "outage": 15_000}, "chat"),
        ("video", {"quality": "fair", "outage": 14_000}, None),
        ("chat", {"quality": "poor", "outage": 15_000}, None),
    ],
)
def test_advice_names_the_level_that_would_help(
    library: Page, level: str, standing: dict[str, Any], advice: str | None
) -> None:
    at_once, later = run(
        library,
        """const {Advice} = await import("live/advice");
        const advice = new Advice({state: {}, peers: [], changed() {}});
        advice.close();
        const [level, standing] = given;
        const peers = [["owner", standing]];
        return [0, 10_000].map((now) => advice.give(peers, level, now));""",
        [level, standing],
    )

    assert later == advice
    assert at_once == (advice if standing["outage"] >= 15_000 else None)


def test_two_ends_meet_and_see_the_same_fingerprints(library: Page) -> None:
    found = run(
        library,
        TWO_ENDS
        + """const {fingerprintsOf} = await import("live/safety_code");
        await meet();
        await until(areConnected);
        return [areConnected(), ...Object.values(ends).map(({connection}) =>
          fingerprintsOf(connection).sort().join())];""",
    )

    assert found[0] is True
    assert found[1] == found[2]


def test_an_answer_that_was_lost_is_asked_for_again(library: Page) -> None:
    assert run(
        library,
        TWO_ENDS
        + """let lost = 0;
        wire.drop = (type, name) => type === "description" && name === "polite" && lost++ === 0;
        await meet();
        return (await until(areConnected)) && lost > 1;""",
    )


def test_two_ends_that_offer_at_once_agree(library: Page) -> None:
    assert run(
        library,
        TWO_ENDS
        + """await meet();
        await until(areConnected);
        await new Promise((done) => setTimeout(done, 5_000));
        const offers = {polite: 0, impolite: 0};
        wire.change = (fields) => {
          const {type, sdp} = fields.description ?? {};
          const name = type && sdp === ends.polite.connection.localDescription.sdp
            ? "polite" : "impolite";
          if (type === "offer") offers[name] += 1;
          return fields;
        };
        ends.polite.nudge();
        ends.impolite.nudge();
        await until(() => offers.polite > 0 && offers.impolite > 0);
        await new Promise((done) => setTimeout(done, 500));
        return offers.polite > 0 && offers.impolite > 0 && areConnected()
          && Object.values(ends).every((end) => end.connection.signalingState === "stable");""",
    )


def test_a_fingerprint_swapped_on_the_way_never_connects(library: Page) -> None:
    assert (
        run(
            library,
            TWO_ENDS
            + """wire.change = ({description, ...others}) => ({
          ...others,
          description: description && {
            ...description,
            sdp: description.sdp.replace(/^(a=fingerprint:\\S+ )../gm, "$100"),
          },
        });
        await meet();
        return until(() => Object.values(ends).some((end) => end.path === "connected"), 4);""",
        )
        is False
    )


# What a server may do to a description on its way to have its own certificate taken for another's.
CHANGES_CERTIFICATE = """
const foreign = "a=fingerprint:sha-256 " + Array(32).fill("00").join(":");
const spoil = (sdp) => {
  const [line] = /a=fingerprint:[^\\r\\n]*/.exec(sdp);
  const parts = sdp.split(/(?=^m=)/m);
  const last = parts.length - 1;
  if (given === "in another line") parts[last] = parts[last].replace(line, foreign);
  if (given === "for the whole") parts[0] += foreign + "\\r\\n";
  if (given === "before it") parts[1] = parts[1].replace(line, foreign + "\\r\\n" + line);
  return parts.join("");
};
const changed = ({description, ...others}) => ({
  ...others, description: description && {...description, sdp: spoil(description.sdp)},
});
"""


@pytest.mark.parametrize("where", ["in another line", "for the whole", "before it"])
def test_a_second_certificate_beside_the_true_one_never_connects(library: Page, where: str) -> None:
    """A browser holds to one of them; a code made of both would be the same on all sides."""
    is_connected = run(
        library,
        TWO_ENDS
        + CHANGES_CERTIFICATE
        + "wire.change = changed; await meet();"
        + "return until(() => Object.values(ends).some((end) => end.path === 'connected'), 3);",
        where,
    )

    assert is_connected is False


def test_a_certificate_that_changes_after_the_code_was_compared_is_not_taken(
    library: Page,
) -> None:
    """A browser would take it, begin its encryption anew, and the code on the page would stand."""
    before, after, is_connected = run(
        library,
        TWO_ENDS
        + """const {fingerprintsOf} = await import("live/safety_code");
        await meet();
        await until(areConnected);
        const {connection} = ends.polite;
        const seen = () => fingerprintsOf(connection).sort().join();
        const before = seen();
        await new Promise((done) => setTimeout(done, 5_000));
        let offers = 0;
        wire.change = ({description, ...others}) => {
          if (description?.type === "offer") offers += 1;
          return {...others, description: description && {
            ...description,
            sdp: description.sdp.replace(/^(a=fingerprint:\\S+ )../gm, "$100"),
          }};
        };
        ends.impolite.nudge();
        await until(() => offers > 0);
        await new Promise((done) => setTimeout(done, 1_000));
        return [before, seen(), areConnected()];""",
    )

    assert before == after
    assert is_connected


# Another page of this origin has the lock of the tab's mark, and gives it back after a while.
LOCK_IS_HELD = """
const kept = {value: "mark", getItem: () => kept.value, setItem: (_, value) => {kept.value = value}};
performance.getEntriesByType = () => [{type: given.type}];
navigator.locks.request("live:mark", () => new Promise((go) => setTimeout(go, given.held)));
const {recognize} = await import("live/tab");
return [await recognize(kept), kept.value];
"""


def test_a_reloaded_page_waits_for_its_own_former_lock(library: Page) -> None:
    """A busy machine is slow to put the former page away: it is the same place all the same."""
    assert run(library, LOCK_IS_HELD, {"type": "reload", "held": 1_500}) == [True, "mark"]


def test_a_copied_tab_gets_a_mark_of_its_own(library: Page) -> None:
    is_known, mark = run(library, LOCK_IS_HELD, {"type": "navigate", "held": 1_500})

    assert is_known is False
    assert mark != "mark"


def test_a_page_that_may_have_no_lock_opens_all_the_same(library: Page) -> None:
    refused = "navigator.locks.request = async () => {throw new DOMException('', 'SecurityError')};"

    is_known, _mark = run(
        library,
        refused
        + LOCK_IS_HELD.replace(
            'navigator.locks.request("live:mark"', 'void (async () => {})("live:mark"'
        ),
        {"type": "reload", "held": 0},
    )

    assert is_known is False
