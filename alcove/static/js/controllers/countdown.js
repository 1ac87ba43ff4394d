// @ts-check
/**
 * Counts down to the end of a hold. The markup is `components/countdown.html`.
 *
 * The device's clock may be wrong, so only the time since the page came is taken from it;
 * `data-until` and `data-now` are the server's.
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  const left =
    Date.parse(element.dataset.until ?? "") - Date.parse(element.dataset.now ?? "");
  if (Number.isNaN(left)) return;
  const end = performance.timeOrigin + left;
  const time = element.querySelector("[data-countdown-time]");
  const status = element.querySelector("[data-countdown-status]");
  const warnAt = 120;
  let before = Infinity;

  const tick = () => {
    const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (time) {
      time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
    if (seconds === 0) {
      clearInterval(timer);
      expire(element);
    } else if (status && seconds <= warnAt && before > warnAt) {
      status.textContent = element.dataset.warning ?? "";
    }
    before = seconds;
  };
  const timer = setInterval(tick, 1000);
  tick();
}

/**
 * Swaps the running countdown for the message that the time is over.
 *
 * @param {HTMLElement} element
 */
function expire(element) {
  for (const part of element.querySelectorAll("[data-countdown-running]")) {
    if (part instanceof HTMLElement) part.hidden = true;
  }
  const message = element.querySelector("[data-countdown-expired]");
  if (message instanceof HTMLElement) message.hidden = false;
  // The live region speaks; the visible message, revealed, would not by itself.
  const status = element.querySelector("[data-countdown-status]");
  if (status && message) status.textContent = message.textContent;
}
