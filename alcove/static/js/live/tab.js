// @ts-check
import { token } from "live/protocol";

/**
 * The mark of a tab, by which a reload is known to be the same place.
 *
 * A tab that is duplicated, or opened by a script, begins with a copy of the other's storage: it
 * must not pass for it, or it would take the session over without a word. So whoever has a mark
 * holds a lock of that name as long as the page lives.
 */

const MARK = "live:device";
/** Without a word from elsewhere, a lock that is held is held by another page. */
const PATIENCE = 500;
/** A page that is loaded anew finds its own former lock until the browser has put that page away. */
const PATIENCE_AFTER_RELOAD = 5_000;

/**
 * Whether the tab is known from before; if not, it has a fresh mark now.
 *
 * @param {Storage} storage the tab's
 */
export async function recognize(storage) {
  const kept = storage.getItem(MARK);
  if (kept && (await hold(kept))) return true;
  const fresh = token();
  storage.setItem(MARK, fresh);
  await hold(fresh);
  return false;
}

/**
 * The mark; `recognize` made it.
 *
 * @param {Storage} storage
 */
export function markOf(storage) {
  return storage.getItem(MARK) ?? token();
}

/**
 * Takes the lock of this mark until the page goes; false while another page has it.
 *
 * @param {string} mark
 * @returns {Promise<boolean>}
 */
function hold(mark) {
  if (!navigator.locks) return Promise.resolve(true);
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), isReloaded() ? PATIENCE_AFTER_RELOAD : PATIENCE);
  return new Promise((done) => {
    const { signal } = waiting;
    const held = navigator.locks.request(`live:${mark}`, { signal }, () => {
      clearTimeout(timer);
      done(true);
      return new Promise(() => {});
    });
    // Not given in time, or not at all, as where a browser keeps a page from its storage.
    held.catch(() => done(false));
  });
}

function isReloaded() {
  const [navigation] = performance.getEntriesByType("navigation");
  return /** @type {PerformanceNavigationTiming | undefined} */ (navigation)?.type === "reload";
}
