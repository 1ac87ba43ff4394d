// @ts-check
/**
 * Rings on a provider's page: a dialog, a soft sound and the tab's title. The markup is
 * `components/bell.html`.
 *
 * Asks as long as clients can ring (`data-until` and `data-now`, UTC seconds), and to the end of a
 * ring: when the socket (`data-socket`) says so, and every three seconds besides, or seldom while
 * that is open.
 * `data-url` answers `{ring: null | {code, who, what, url, seconds_left}}`; docs/protocol/bell.md.
 */
import { LookSocket } from "lib/look_socket";
import { playOnce } from "lib/ring_tone";

const PAUSE = 3000;
const PAUSE_WITH_SOCKET = 15_000;
const SOUND_EVERY = 4000;

/** @typedef {{ code: string, who: string, what: string, url: string, seconds_left: number }} Ring */

/** @param {HTMLElement} element */
export function connect(element) {
  new Bell(element).listen();
}

class Bell {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.dialog = /** @type {HTMLDialogElement} */ (element.querySelector("dialog"));
    // By the server's clock: this device's may be wrong.
    const { until = 0, now = 0 } = element.dataset;
    this.until = Date.now() + (Number(until) - Number(now)) * 1000;
    /** @type {Ring | null} */
    this.ring = null;
    this.end = 0;
    /** Rings that were put off or answered here: they open no dialog again. @type {Set<string>} */
    this.seen = new Set();
    this.title = document.title;
    /** @type {number[]} */
    this.timers = [];
    this.socket = new LookSocket(element.dataset.socket ?? "", {
      onLook: () => this.listen(),
      isAwaited: () => this.isAwaited(),
    });
    this.waiting = 0;
    element.querySelector("[data-bell-later]")?.addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.putOff());
    element.querySelector("[data-bell-decline]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.decline(/** @type {HTMLFormElement} */ (event.target));
    });
  }

  /** Asks now, and again and again until nobody can ring any more. */
  async listen() {
    clearTimeout(this.waiting);
    const goesOn = await this.ask();
    if (!goesOn || !this.isAwaited()) {
      this.until = 0;
      this.socket.close();
      return;
    }
    this.socket.open();
    clearTimeout(this.waiting);
    const pause = this.socket.isOpen ? PAUSE_WITH_SOCKET : PAUSE;
    this.waiting = setTimeout(() => this.listen(), pause);
  }

  /** Whether somebody rings or could. */
  isAwaited() {
    return this.ring !== null || Date.now() < this.until;
  }

  /** Asks once; false when there is no sense in asking again. */
  async ask() {
    try {
      const response = await fetch(this.element.dataset.url ?? "", {
        headers: { Accept: "application/json" },
      });
      if (response.redirected || response.status === 403) return false;
      if (response.ok) this.show((await response.json()).ring);
    } catch {
      // Out of reach for a moment: ask again.
    }
    return true;
  }

  /**
   * Shows what the server knows.
   *
   * @param {Ring | null} ring
   */
  show(ring) {
    if (ring?.code === this.ring?.code) return;
    const before = this.ring;
    this.stop();
    this.ring = ring;
    // The page of this very ring needs neither a line nor a dialog.
    const isHere = location.pathname === ring?.url;
    this.line.hidden = !ring || isHere;
    if (!ring) {
      if (before) this.say(this.status.dataset.over ?? "");
      return;
    }
    this.end = Date.now() + ring.seconds_left * 1000;
    this.write("[data-bell-who]", ring.who);
    this.write("[data-bell-what]", ring.what);
    this.element.querySelector("[data-bell-link]")?.setAttribute("href", ring.url);
    for (const form of this.element.querySelectorAll("[data-bell-answer]")) {
      form.setAttribute("action", ring.url);
    }
    if (!this.seen.has(ring.code) && !isHere) this.open();
  }

  open() {
    this.say("");
    this.dialog.showModal();
    this.tick();
    this.blink();
    this.sound();
    this.timers = [
      setInterval(() => this.tick(), 1000),
      setInterval(() => this.blink(), 1500),
      setInterval(() => this.sound(), SOUND_EVERY),
    ];
  }

  /** The dialog was closed by hand: the line at the top stays. */
  putOff() {
    if (this.ring) this.seen.add(this.ring.code);
    this.quiet();
  }

  /** Ends sound, blinking and dialog. */
  stop() {
    if (this.ring) this.seen.add(this.ring.code);
    this.quiet();
    if (this.dialog.open) this.dialog.close();
  }

  quiet() {
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    document.title = this.title;
  }

  /**
   * Declines without leaving the page, which may hold unsent words.
   *
   * @param {HTMLFormElement} form
   */
  async decline(form) {
    const action = form.action;
    try {
      await fetch(action, { method: "POST", body: new FormData(form), redirect: "manual" });
      await this.ask();
    } catch {
      // The form of the ring's own page says what is wrong.
      location.assign(action);
    }
  }

  tick() {
    const seconds = Math.max(0, Math.ceil((this.end - Date.now()) / 1000));
    this.write(
      "[data-bell-time]",
      `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`,
    );
    if (seconds === 0) this.show(null);
  }

  /** The tab says so too: in turns with its own title, or steadily where motion is not wanted. */
  blink() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const rings = this.element.dataset.title ?? "";
    document.title = still || document.title === this.title ? rings : this.title;
  }

  sound() {
    playOnce().catch(() => {
      // Sound is an extra: the dialog says it all.
    });
  }

  /** @param {string} selector @param {string} words */
  write(selector, words) {
    for (const place of this.element.querySelectorAll(selector)) place.textContent = words;
  }

  /** @param {string} words */
  say(words) {
    this.status.textContent = words;
  }

  get line() {
    return /** @type {HTMLElement} */ (this.element.querySelector("[data-bell-line]"));
  }

  get status() {
    return /** @type {HTMLElement} */ (this.element.querySelector("[data-bell-status]"));
  }
}
