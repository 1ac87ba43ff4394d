// @ts-check
import { CLOSE_CODES, VERSION } from "live/protocol";
import { markOf } from "live/tab";

/**
 * The socket to the server, which comes back by itself.
 *
 * Events: `state` (detail "connecting", "open" or "lost"), `frame` (detail: the frame), `end`
 * (detail: the error frame after which there is nothing to come back to).
 *
 * @typedef {import("live/protocol").Frame} Frame
 */

const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 8_000;
const GROWTH = 1.7;
/** An open socket is greeted within this time, or the way to the server is a dead one. */
const GREETING = 10_000;
const LOOK_EVERY = 1_000;
const PING_EVERY = 10_000;
const SILENCE = 25_000;
/** How long an answer may take once the network is known to have changed. */
const DOUBT = 4_000;

/**
 * How long to wait before the next try, in milliseconds. The jitter keeps a server that comes back
 * from being met by everybody in the same instant.
 *
 * @param {number} tries failed so far, from 0
 * @param {number} [chance] from 0 to 1
 */
export function pauseBefore(tries, chance = Math.random()) {
  return Math.min(FIRST_PAUSE * GROWTH ** tries, LONGEST_PAUSE) * (0.75 + chance / 4);
}

export class Signalling extends EventTarget {
  #options;
  #device;
  /** @type {WebSocket | null} */
  #socket = null;
  #isGreeted = false;
  #wasGreeted = false;
  #isClosed = false;
  #tries = 0;
  #openedAt = 0;
  #heardAt = 0;
  #pingedAt = 0;
  /** When the oldest ping went out that nothing has come after; null when none has. */
  #waitsSince = /** @type {number | null} */ (null);
  #patience = SILENCE;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  #looking;

  /**
   * @param {{ url: string, epoch: string, session: Storage, lastMessage: () => number }} options
   *   `session` is the tab's storage
   */
  constructor(options) {
    super();
    this.#options = options;
    this.#device = markOf(options.session);
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY);
  }

  /** Whether frames can be sent: the socket stands and the server has greeted. */
  get isOpen() {
    return this.#isGreeted && this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Opens the socket, unless one is on its way. */
  open() {
    if (this.#isClosed || this.#socket) return;
    clearTimeout(this.#retry);
    if (!this.#wasGreeted) this.#tell("state", "connecting");
    const address = new URL(this.#options.url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.#openedAt = performance.now();
    /** @type {Frame | null} */
    let last = null;
    socket.addEventListener("open", () => this.#greet(socket));
    socket.addEventListener("message", ({ data }) => {
      if (socket !== this.#socket) return;
      const frame = /** @type {Frame} */ (JSON.parse(data));
      if (frame.type === "error" && frame.fatal) {
        last = frame;
      }
      this.#take(frame);
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket === this.#socket) this.#lost(code, last);
    });
  }

  /**
   * Sends one frame; false while there is no socket to send it by.
   *
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   */
  send(type, fields = {}) {
    if (!this.isOpen) return false;
    this.#socket?.send(JSON.stringify({ type, ...fields }));
    return true;
  }

  /** The network changed: tries at once where there is no socket, else asks whether it stands. */
  wake() {
    if (this.#isClosed) return;
    this.#tries = 0;
    if (!this.#socket) this.open();
    else if (this.isOpen) this.#ping(DOUBT);
  }

  /** Ends it for good. */
  close() {
    this.#isClosed = true;
    clearInterval(this.#looking);
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    this.#isGreeted = false;
    socket?.close();
  }

  /** @param {WebSocket} socket */
  #greet(socket) {
    const { epoch, lastMessage } = this.#options;
    const hello = { version: VERSION, epoch, device: this.#device, last_message: lastMessage() };
    socket.send(JSON.stringify({ type: "hello", ...hello }));
  }

  /** @param {Frame} frame */
  #take(frame) {
    this.#heardAt = performance.now();
    this.#waitsSince = null;
    this.#patience = SILENCE;
    if (frame.type === "welcome") {
      this.#isGreeted = this.#wasGreeted = true;
      this.#tries = 0;
      this.#pingedAt = this.#heardAt;
      this.#tell("state", "open");
    }
    this.#tell("frame", frame);
  }

  /** @param {number} patience */
  #ping(patience) {
    const now = performance.now();
    this.#pingedAt = now;
    this.#waitsSince ??= now;
    this.#patience = patience;
    if (patience < SILENCE) this.#heardAt = now;
    this.send("ping");
  }

  /** Renews presence, and finds a socket that died without a word. */
  #look() {
    if (!this.#socket) return;
    const now = performance.now();
    if (!this.#isGreeted) {
      if (now - this.#openedAt > GREETING) this.drop();
      return;
    }
    // Where the browser slows the timers of a hidden page, silence alone proves nothing: a ping
    // must have had time to be answered.
    const isAsked = this.#waitsSince !== null && now - this.#waitsSince > DOUBT;
    if (isAsked && now - this.#heardAt > this.#patience) this.drop();
    else if (now - this.#pingedAt >= PING_EVERY) this.#ping(SILENCE);
  }

  /** Gives up a socket that seems dead; another one comes. */
  drop() {
    const socket = this.#socket;
    this.#lost(1006, null);
    socket?.close();
  }

  /**
   * @param {number} code
   * @param {Frame | null} last what the server said before it closed
   */
  #lost(code, last) {
    this.#socket = null;
    this.#isGreeted = false;
    this.#waitsSince = null;
    const known = Object.entries(CLOSE_CODES).find(([number]) => Number(number) === code)?.[1];
    if (known && known.again === null) {
      this.close();
      this.#tell("end", last ?? {
        type: "error",
        code: known.error,
        message: "",
        re: null,
        fatal: true,
      });
      return;
    }
    this.#tell("state", "lost");
    const pause = known?.again ? known.again * 1000 : pauseBefore(this.#tries);
    this.#tries += 1;
    this.#retry = setTimeout(() => this.open(), pause);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
