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
/** A page that is loading anew may find its own former lock for a moment. */
const TRIES = 6;
const PAUSE = 80;

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
 */
async function hold(mark) {
  if (!navigator.locks) return true;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await new Promise((done) => setTimeout(done, PAUSE));
    if (await lock(mark)) return true;
  }
  return false;
}

/**
 * @param {string} mark
 * @returns {Promise<boolean>}
 */
function lock(mark) {
  return new Promise((done) => {
    navigator.locks.request(`live:${mark}`, { ifAvailable: true }, (given) => {
      done(Boolean(given));
      return given ? new Promise(() => {}) : undefined;
    });
  });
}
