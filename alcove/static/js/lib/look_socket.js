// @ts-check
/**
 * A socket by which the server says only that there is something to look at
 * (docs/protocol/look.md). One that is lost comes back with growing pauses.
 */
const PAUSE = 3000;
const LONGEST_PAUSE = 60_000;
// Closed by the server for good.
const FINAL = new Set([4400, 4401, 4403]);

/**
 * @typedef {object} Listener
 * @property {() => void} onLook Asked to look: by the server, or because news may have been missed.
 * @property {() => boolean} isAwaited Whether news is still wanted.
 */

export class LookSocket {
  /** @param {string} path @param {Listener} listener */
  constructor(path, listener) {
    this.path = path;
    this.listener = listener;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.failures = 0;
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Opens it, where it is not open or about to be. */
  open() {
    if (this.socket || !this.path) return;
    const address = new URL(this.path, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.addEventListener("open", () => {
      // What happened before it stood was told to nobody.
      this.failures = 0;
      this.listener.onLook();
    });
    socket.addEventListener("message", () => this.listener.onLook());
    socket.addEventListener("close", (event) => {
      // Left in its place, the dead socket keeps another from being opened at once.
      if (FINAL.has(event.code) || !this.listener.isAwaited()) return;
      this.failures += 1;
      setTimeout(
        () => {
          this.socket = null;
          if (this.listener.isAwaited()) this.open();
        },
        Math.min(PAUSE * 2 ** (this.failures - 1), LONGEST_PAUSE),
      );
    });
  }

  close() {
    this.socket?.close();
  }
}
