// @ts-check
/** @typedef {import("./page.js").Page} Page */

/**
 * Keeps the screen on during a call: a phone that falls asleep takes camera and microphone away.
 *
 * @param {Page} page
 * @returns {import("./page.js").Part}
 */
export function wakefulness(page) {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  let isAsking = false;

  const hold = async () => {
    if (lock || isAsking || !navigator.wakeLock || document.visibilityState !== "visible") return;
    isAsking = true;
    try {
      lock = await navigator.wakeLock.request("screen");
      // The browser lets go by itself whenever the page is hidden.
      lock.addEventListener("release", () => {
        lock = null;
      });
    } catch {
      // A low battery refuses it; the call goes on, the screen sleeps as it always does.
    }
    isAsking = false;
  };
  const isCalling = () => page.root.dataset.screen === "call";
  document.addEventListener("visibilitychange", () => isCalling() && hold());

  let wasCalling = false;
  return {
    render() {
      if (isCalling() === wasCalling) return;
      wasCalling = isCalling();
      if (wasCalling) hold();
      else lock?.release();
    },
  };
}
