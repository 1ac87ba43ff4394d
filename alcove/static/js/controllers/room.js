// @ts-check
/**
 * A conversation that goes on while it is open: new lines come below, and the server hears what
 * was in front of the reader.
 *
 *   <ol data-controller="room" data-socket="…" data-lines="…" data-read="…" data-newest="17">
 *
 * The page works without it, by reloading.
 */
import { LookSocket } from "lib/look_socket";
import { post } from "lib/post";

const PAUSE = 20_000;
const PAUSE_WITH_SOCKET = 120_000;
// How near to the end somebody reads who wants to see what comes.
const NEAR_END = 240;

/** @param {HTMLElement} element */
export function connect(element) {
  new Room(element).listen();
}

class Room {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    this.newest = Number(list.dataset.newest);
    this.read = this.newest;
    this.isOver = false;
    this.isLooking = false;
    this.looksAgain = false;
    this.waiting = 0;
    this.news = /** @type {HTMLElement | null} */ (document.querySelector("[data-news]"));
    this.socket = new LookSocket(list.dataset.socket ?? "", {
      onLook: () => this.look(),
      isAwaited: () => !this.isOver,
    });
    list.addEventListener("room:look", () => this.look());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.look();
    });
    addEventListener("scroll", () => this.#arrive(), { passive: true });
    // A page that the browser kept whole missed what came meanwhile.
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.look();
    });
  }

  listen() {
    this.socket.open();
    this.#wait();
  }

  #wait() {
    clearTimeout(this.waiting);
    if (this.isOver) return;
    const pause = this.socket.isOpen ? PAUSE_WITH_SOCKET : PAUSE;
    this.waiting = setTimeout(() => this.look(), pause);
  }

  /** Fetches what is new; asked again meanwhile, it fetches once more afterwards. */
  async look() {
    if (this.isLooking) {
      this.looksAgain = true;
      return;
    }
    this.isLooking = true;
    try {
      do {
        this.looksAgain = false;
        await this.#fetch();
      } while (this.looksAgain && !this.isOver);
    } finally {
      this.isLooking = false;
      this.#wait();
    }
  }

  async #fetch() {
    try {
      const response = await fetch(`${this.list.dataset.lines}?after=${this.newest}`);
      if (response.redirected || response.status === 404) this.isOver = true;
      else if (response.ok) this.#take(await response.text());
    } catch {
      // Out of reach for a moment: ask again.
    }
  }

  /** @param {string} html */
  #take(html) {
    const found = new DOMParser().parseFromString(html, "text/html").querySelector("ol");
    if (!found) return;
    const wasAtEnd = this.#isAtEnd();
    const isNew = Number(found.dataset.newest) > this.newest;
    if (isNew) {
      this.newest = Number(found.dataset.newest);
      document.querySelector("[data-empty]")?.remove();
      this.#retire(found);
      this.list.append(...found.children);
    }
    this.#state(found.dataset.own ?? "", found.dataset.state ?? "");
    if ("more" in found.dataset) this.looksAgain = true;
    if (isNew && wasAtEnd) this.#goToEnd();
    else if (isNew && this.news) this.news.hidden = false;
    this.#arrive();
  }

  /**
   * Takes the acts from the cards that a newer one stands for.
   *
   * @param {Element} found
   */
  #retire(found) {
    for (const card of found.querySelectorAll("[data-code]")) {
      const code = card.getAttribute("data-code");
      for (const old of this.list.querySelectorAll(`[data-code="${code}"] [data-acts]`)) old.remove();
    }
  }

  /**
   * Says under the reader's last words who has seen them.
   *
   * @param {string} id @param {string} words
   */
  #state(id, words) {
    for (const old of this.list.querySelectorAll("[data-state]")) old.remove();
    const message = id && document.getElementById(id);
    if (!message || !words) return;
    const state = document.createElement("span");
    state.className = "message__state";
    state.dataset.state = "";
    state.textContent = words;
    message.append(state);
  }

  #isAtEnd() {
    const end = document.getElementById("newest")?.getBoundingClientRect().top ?? 0;
    return end < innerHeight + NEAR_END;
  }

  #goToEnd() {
    document.getElementById("newest")?.scrollIntoView({ block: "nearest" });
  }

  /** The end is in front of the reader: what is there counts as seen. */
  async #arrive() {
    if (document.visibilityState !== "visible" || !this.#isAtEnd()) return;
    if (this.news) this.news.hidden = true;
    if (this.read >= this.newest) return;
    const before = this.read;
    this.read = this.newest;
    const isTaken = await post(this.list.dataset.read ?? "", { up_to: String(this.newest) });
    if (!isTaken) this.read = before;
  }
}
