// @ts-check
import { Call } from "live/call";
import { recognize } from "live/tab";
import { banners, questions, waitingList } from "./live_session/banners.js";
import { chat } from "./live_session/chat.js";
import { sessionClock } from "./live_session/clock.js";
import { comingBack } from "./live_session/coming_back.js";
import { connectionTest } from "./live_session/connection.js";
import { deviceChoice } from "./live_session/device_choice.js";
import { more } from "./live_session/more.js";
import { find, onClick, pageOf } from "./live_session/page.js";
import { panels } from "./live_session/panels.js";
import { lostSignalling, news, presence } from "./live_session/presence.js";
import { ready } from "./live_session/ready.js";
import { screens } from "./live_session/screens.js";
import { stage } from "./live_session/stage.js";
import { toolbar } from "./live_session/toolbar.js";
import { missedHint, patience } from "./live_session/waiting.js";
import { wakefulness } from "./live_session/wakefulness.js";

/**
 * The live page: hands the call's state to the parts of the page, and their acts to the call. The
 * markup is `live/_open.html`; the call itself is `js/live/`.
 *
 * @param {HTMLElement} root
 */
export async function connect(root) {
  const isKnown = await recognize(sessionStorage);
  const call = new Call({
    socketUrl: root.dataset.socketUrl ?? "",
    leftUrl: root.dataset.leftUrl ?? "",
    csrfToken: /** @type {HTMLInputElement} */ (find(root, "[name=csrfmiddlewaretoken]")).value,
    storage: localStorage,
    session: sessionStorage,
  });
  // For whoever looks into a call: a developer's console, a test.
  Object.assign(root, { call });
  const page = pageOf(root, call);
  const banner = banners(page);
  const refuse = (/** @type {string} */ words) => banner.tell("refused", words);
  const setLevel = (/** @type {string} */ level) => {
    if (call.state.signalling === "open") call.setLevel(level);
    else refuse(page.say("refused.connection"));
  };
  const tiles = stage(page, (isSilent) => {
    if (!isSilent) return banner.hide("sound");
    banner.show("sound", "sound", { yes: () => tiles.hearAll() });
    // Any tap will do, but people are told.
    root.addEventListener("click", () => tiles.hearAll(), { once: true });
  });
  const asked = questions(page, banner, setLevel);
  const panel = panels(page, (name) => {
    if (name === "chat") messages.opened();
    render();
  });
  const messages = chat(page, () => panel.isOpen("chat"));
  const devices = deviceChoice(page, { setSpeaker: tiles.setSpeaker });
  const check = ready(page, devices.fill);
  const back = comingBack(page, check, isKnown);
  const parts = [
    screens(page),
    presence(page),
    news(page),
    check,
    tiles,
    toolbar(page, { openChat: () => panel.toggle("chat"), leave: () => call.leave() }),
    panel,
    waitingList(page),
    patience(page),
    missedHint(page),
    asked,
    more(page, { pictureToFloat: tiles.pictureToFloat, setLevel }),
    connectionTest(page),
    sessionClock(page, (words) => banner.tell("time", words)),
    devices,
    back,
    lostSignalling(page),
    wakefulness(page),
  ];
  const render = () => {
    const before = root.dataset.screen;
    for (const part of parts) part.render(call.state);
    if (root.dataset.screen === "call" && before !== "call") {
      devices.fill();
      if (panel.isOpen("chat")) messages.opened();
    }
    // Over before it began for this person: the server's page says why, and what holds now.
    const wasOutside = before === "ready" || before === "waiting";
    if (root.dataset.screen === "over" && wasOutside) location.reload();
  };

  call.addEventListener("change", render);
  call.addEventListener("message", (event) => {
    messages.receive(/** @type {CustomEvent} */ (event).detail);
  });
  call.addEventListener("notice", (event) => {
    const { code, message, by, level, kind, trouble } = /** @type {CustomEvent} */ (event).detail;
    if (code === "level_changed") {
      asked.noteChange(by, level);
    } else if (code === "trouble") {
      if (trouble !== "unplugged") refuse(page.say(`refused.${kind}`));
    } else if (code === "session_changed") {
      // Moved or cancelled: what holds now is another page. A call that goes on is not torn down.
      if (root.dataset.screen === "ready") location.reload();
    } else if (message) {
      // The refusal of a frame, in the server's words.
      if (root.dataset.screen === "ready") check.refuse(message);
      else refuse(message);
    }
  });
  onClick(root, "[data-join-again]", () => location.reload());
  onClick(root, "[data-continue-here]", () => back.takeOver());
  // Opening "Choose devices" shows a meter, which only runs while it is seen.
  root.addEventListener("toggle", render, true);

  root.hidden = false;
  render();
  call.open();
  if (back.wasInside) back.comeBack();
  else check.begin();
}
