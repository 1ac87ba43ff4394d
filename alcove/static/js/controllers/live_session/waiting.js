// @ts-check
import { find } from "./page.js";

/** @typedef {import("./page.js").Page} Page */

/**
 * Tells a client who waits until when to wait for a provider who does not come: from then on the
 * session costs them nothing (`live/policies.facts_of`, by the same minutes).
 *
 * @param {Page} page
 * @returns {import("./page.js").Part}
 */
export function patience(page) {
  const { root } = page;
  const place = root.querySelector("[data-patience]");
  if (!(place instanceof HTMLElement)) return { render() {} };
  const minutes = Number(place.dataset.patience);
  /** @type {number | null} */
  let since = null;

  return {
    render({ session }) {
      if (root.dataset.screen !== "waiting" || !session) {
        since = null;
        return;
      }
      // Waiting counts from the start on.
      since ??= Math.max(page.now(), Date.parse(session.starts_at));
      const time = page.clock(Math.ceil(since / 60_000 + minutes) * 60_000);
      const said = page.say("waiting.until", { time });
      if (place.textContent !== said) place.textContent = said;
    },
  };
}

/**
 * Tells a provider whom nobody joins from when on the session may be marked as missed, by the same
 * minutes.
 *
 * @param {Page} page
 * @returns {import("./page.js").Part}
 */
export function missedHint(page) {
  const place = page.root.querySelector("[data-missed-after]");
  if (!(place instanceof HTMLElement)) return { render() {} };
  const wait = Number(place.dataset.missedAfter) * 60_000;
  let hasCome = false;

  return {
    render({ session, people }) {
      if (!session) return;
      hasCome ||= Object.values(people).some(({ state }) => !["absent", "door"].includes(state));
      place.hidden = hasCome;
      const time = page.clock(Date.parse(session.starts_at) + wait);
      const said = page.say("missed.after", { time });
      if (place.textContent !== said) place.textContent = said;
    },
  };
}
