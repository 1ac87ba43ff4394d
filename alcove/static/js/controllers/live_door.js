// @ts-check
/**
 * Counts down to the opening of the door, then loads the page anew. The markup is
 * `live/_early.html`, whose data attributes also hold the words.
 *
 * The device's clock may be wrong, so only the time since the page came is taken from it.
 *
 * @param {HTMLElement} element
 */
export function connect(element) {
  const wait =
    Date.parse(element.dataset.opensAt ?? "") - Date.parse(element.dataset.now ?? "");
  const left = element.querySelector("[data-left]");
  if (Number.isNaN(wait) || !(left instanceof HTMLElement)) return;
  const opens = performance.timeOrigin + wait;

  const tick = () => {
    const seconds = Math.ceil((opens - Date.now()) / 1000);
    if (seconds > 0) {
      left.textContent = inWords(left.dataset, seconds);
      return;
    }
    clearInterval(timer);
    const status = element.querySelector("[data-opening]");
    if (status instanceof HTMLElement) {
      status.textContent = status.dataset.openingWords ?? "";
    }
    // A moment more than needed: the server must agree that the door is open.
    setTimeout(() => location.reload(), 1000);
  };
  const timer = setInterval(tick, 1000);
  tick();
  for (const part of element.querySelectorAll("[data-left], [data-opens-itself]")) {
    if (part instanceof HTMLElement) part.hidden = false;
  }
}

/**
 * The time that is left, in the largest two units.
 *
 * @param {DOMStringMap} words
 * @param {number} seconds
 */
function inWords(words, seconds) {
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return fill(words.seconds, { seconds });
  if (hours >= 24) {
    return fill(words.days, { days: Math.floor(hours / 24), hours: hours % 24 });
  }
  if (hours > 0) return fill(words.hours, { hours, minutes: minutes % 60 });
  return fill(words.minutes, { minutes });
}

/**
 * @param {string | undefined} words
 * @param {Record<string, number>} values
 */
function fill(words, values) {
  return (words ?? "").replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}
