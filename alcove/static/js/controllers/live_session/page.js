// @ts-check
/**
 * What every part of the live page works with: the call, the words of the template, and a voice for
 * screen readers. Words live in `live/_words.html`; scripts hold none.
 *
 * @typedef {import("live/call").Call} Call
 * @typedef {import("live/call").State} State
 * @typedef {import("live/call").Other} Person
 * @typedef {Record<string, string | number>} Values
 * @typedef {{
 *   root: HTMLElement,
 *   call: Call,
 *   say: (name: string, values?: Values) => string,
 *   shape: (name: string) => DocumentFragment,
 *   announce: (words: string) => void,
 *   now: () => number,
 *   clock: (at: number) => string,
 * }} Page
 * @typedef {{ render: (state: State) => void }} Part
 */

/**
 * @param {HTMLElement} root
 * @param {Call} call
 * @returns {Page}
 */
export function pageOf(root, call) {
  const words = new Map();
  const template = /** @type {HTMLTemplateElement} */ (root.querySelector("[data-words]"));
  for (const word of template.content.querySelectorAll("[data-word]")) {
    words.set(/** @type {HTMLElement} */ (word).dataset.word, word.textContent);
  }
  const time = wallClock(document.documentElement.lang, root.dataset.zone);
  return {
    root,
    call,
    say: (name, values = {}) =>
      (words.get(name) ?? "").replace(
        /\{(\w+)\}/g,
        (/** @type {string} */ _, /** @type {string} */ key) => String(values[key] ?? ""),
      ),
    shape: (name) => {
      const shape = /** @type {HTMLTemplateElement} */ (
        root.querySelector(`[data-template="${name}"]`)
      );
      return /** @type {DocumentFragment} */ (shape.content.cloneNode(true));
    },
    announce: announcer(find(root, "[data-announce]")),
    now: () => Date.now() + (call.state.offset ?? 0),
    clock: (at) => time.format(at),
  };
}

/**
 * Writes times as the server's pages do: "2:05 PM", but "02:05" where the day has 24 hours.
 *
 * @param {string} language
 * @param {string | undefined} timeZone
 */
function wallClock(language, timeZone) {
  /** @param {"numeric" | "2-digit"} hour */
  const by = (hour) => new Intl.DateTimeFormat(language, { hour, minute: "2-digit", timeZone });
  const usual = by("numeric");
  return usual.resolvedOptions().hour12 ? usual : by("2-digit");
}

/**
 * Says things one after another: what comes within a moment is said together, since a live region
 * that changes twice is read once.
 *
 * @param {HTMLElement} region
 */
function announcer(region) {
  /** @type {string[]} */
  let waiting = [];
  return (/** @type {string} */ words) => {
    if (!waiting.length) {
      setTimeout(() => {
        region.textContent = waiting.join(" ");
        waiting = [];
      }, 200);
    }
    waiting.push(words);
  };
}

/**
 * The one element that the template promises.
 *
 * @param {ParentNode} root
 * @param {string} selector
 */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return found;
}

/**
 * All elements that match; none is fine.
 *
 * @param {ParentNode} root
 * @param {string} selector
 */
export function findAll(root, selector) {
  return /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)]);
}

/**
 * Calls `act` for clicks on what matches `selector` inside `root`, now or later.
 *
 * @param {HTMLElement} root
 * @param {string} selector
 * @param {(element: HTMLElement) => void} act
 */
export function onClick(root, selector, act) {
  root.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest(selector) : null;
    if (target instanceof HTMLElement && root.contains(target)) act(target);
  });
}

/**
 * Whether an element is laid out; what is not needs no meter and no picture.
 *
 * @param {HTMLElement} element
 */
export function isVisible(element) {
  return element.getClientRects().length > 0;
}
