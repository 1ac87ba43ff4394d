// @ts-check
import { CLOSE_CODES, PING_EVERY, SILENCE, VERSION } from "live/protocol";

/**
 * The socket to the server, which comes back by itself.
 *
 * Events: `state` (detail "connecting", "open" or "lost"), `frame` (detail: the frame) and `end`
 * (detail: the error frame after which there is nothing to come back to).
 *
 * @typedef {import("live/protocol").Frame} Frame
 */

const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 8_000;
const GROWTH = 1.7;

export class Signalling extends EventTarget {
  /**
   * @param {{url: string, epoch: string, device: string, lastMessage: () => number}} options
   */
  constructor({ url, epoch, device, lastMessage }) {
    super();
    this.url = url;
    this.epoch = epoch;
    this.device = device;
    this.lastMessage = lastMessage;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.isGreeted = false;
    this.isClosed = false;
    this.pause = FIRST_PAUSE;
    this.lastHeard = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retry = undefined;
    this.heartbeat = setInterval(() => this.beat(), PING_EVERY);
  }

  /** Opens the socket, unless one is on its way. */
  open() {
    if (this.isClosed || this.socket) return;
    clearTimeout(this.retry);
    this.tell("state", "connecting");
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.isGreeted = false;
    this.lastHeard = performance.now();
    /** @type {Frame | null} */
    let fatal = null;
    socket.addEventListener("open", () => this.greet());
    socket.addEventListener("message", ({ data }) => {
      if (socket !== this.socket) return;
      this.lastHeard = performance.now();
      const frame = /** @type {Frame} */ (JSON.parse(data));
      if (frame.type === "error" && frame.fatal) fatal = frame;
      if (frame.type === "welcome") this.welcomed();
      this.tell("frame", frame);
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket !== this.socket) return;
      this.lost(code, fatal);
    });
  }

  /**
   * Sends one frame; false while there is no socket to send it by.
   *
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   */
  send(type, fields = {}) {
    if (!this.isGreeted || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify({ type, ...fields }));
    return true;
  }

  /** Looks at once whether the socket stands, as after the network came back. */
  wake() {
    if (this.isClosed) return;
    this.pause = FIRST_PAUSE;
    if (this.socket) this.beat();
    else this.open();
  }

  /** Gives the socket up, as one that seems dead; it comes back by itself. */
  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.lost(1006, null);
    socket.close();
  }

  /** Ends it for good. */
  close() {
    this.isClosed = true;
    clearInterval(this.heartbeat);
    clearTimeout(this.retry);
    const socket = this.socket;
    this.socket = null;
    this.isGreeted = false;
    socket?.close();
  }

  greet() {
    this.socket?.send(
      JSON.stringify({
        type: "hello",
        version: VERSION,
        epoch: this.epoch,
        device: this.device,
        last_message: this.lastMessage(),
      }),
    );
  }

  welcomed() {
    this.isGreeted = true;
    this.pause = FIRST_PAUSE;
    this.tell("state", "open");
  }

  beat() {
    if (!this.socket) return;
    if (performance.now() - this.lastHeard > SILENCE) this.drop();
    else this.send("ping");
  }

  /**
   * @param {number} code
   * @param {Frame | null} fatal
   */
  lost(code, fatal) {
    this.socket = null;
    this.isGreeted = false;
    if (this.isClosed) return;
    if (code in CLOSE_CODES || fatal) {
      this.close();
      this.tell("end", fatal ?? { type: "error", code: "lost", message: "", re: null, fatal: true });
      return;
    }
    this.tell("state", "lost");
    // Jitter: a server that comes back is not met by everybody in the same instant.
    this.retry = setTimeout(() => this.open(), this.pause * (0.5 + Math.random()));
    this.pause = Math.min(this.pause * GROWTH, LONGEST_PAUSE);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
