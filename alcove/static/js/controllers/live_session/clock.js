// @ts-check
import { find } from "./page.js";

/** @typedef {import("./page.js").Page} Page */

const MINUTE = 60_000;
const SOON = 5;

/**
 * Elapsed and remaining time by the server's clock, told five minutes before the end and at it.
 *
 * @param {Page} page
 * @param {(words: string) => void} tell
 */
export function sessionClock(page, tell) {
  const place = find(page.root, "[data-clock]");
  let before = Infinity;

  const tick = () => {
    const { session } = page.call.state;
    if (!session) return;
    const now = page.now();
    const left = Math.ceil((Date.parse(session.ends_at) - now) / MINUTE);
    const elapsed = Math.floor((now - Date.parse(session.starts_at)) / MINUTE);
    const time = page.clock(Date.parse(session.closes_at));
    if (elapsed < 0) place.textContent = page.say("clock.before", { minutes: -elapsed });
    else if (left > 0) place.textContent = page.say("clock.running", { elapsed, left });
    else place.textContent = page.say("clock.over", { time });
    if (page.root.dataset.screen !== "call") return;
    if (left <= 0 && before > 0) tell(page.say("clock.end", { time }));
    else if (left === SOON && before > SOON) tell(page.say("clock.soon"));
    before = left;
  };
  setInterval(tick, 5000);
  return { render: tick };
}
