// @ts-check
import { Conversation } from "live/conversation";

/**
 * One person's part in a live session: what they do in it, and the state that a page shows. It
 * knows no element of a page.
 *
 * Events: `change` (`state` changed), `message` (detail: the message), `notice` (detail: {code, …},
 * something to say once: `level_changed` with `level` and `by`, `reconnected`, `noted`, `trouble`
 * with the `kind` of device and its `trouble`, `session_changed`, or a refusal with its `message`).
 *
 * @typedef {import("live/protocol").Message} Message
 * @typedef {import("live/devices").Kind} Kind
 * @typedef {import("live/call_state").State} State
 * @typedef {import("live/call_state").Other} Other
 */
export class Call extends Conversation {
  #leftUrl;
  #csrfToken;
  #windows = new AbortController();
  hasLeft = false;

  /**
   * @param {{ socketUrl: string, leftUrl: string, csrfToken: string, storage: Storage,
   *   session: Storage }} options `storage` lasts, `session` is the tab's
   */
  constructor(options) {
    super(options);
    this.#leftUrl = options.leftUrl;
    this.#csrfToken = options.csrfToken;
    const { signal } = this.#windows;
    globalThis.addEventListener("online", () => this.networkChanged(), { signal });
    globalThis.addEventListener("pagehide", (event) => this.#putAway(event), { signal });
    this.#followNetwork(signal);
  }

  /** The connections by role. */
  get peers() {
    return this.mesh.peers;
  }

  /** The newest relay credentials; null before the server has greeted. */
  get ice() {
    return this.mesh.ice;
  }

  /** Opens the socket: the person stands at the door. */
  open() {
    this.signalling.open();
  }

  /**
   * Comes in, be it to the waiting room; where there is no socket yet, as soon as there is.
   *
   * @param {{ takeOver?: boolean }} [options]
   */
  join({ takeOver = false } = {}) {
    this.hasJoined = true;
    this.isTakingOver = takeOver;
    this.signalling.send("join", { take_over: takeOver });
  }

  /** @param {string} role */
  admit(role) {
    this.signalling.send("admit", { role });
  }

  /** Goes on purpose: devices close, connections end. */
  leave() {
    if (this.isClosed) return;
    if (!this.signalling.send("leave")) this.#sendBeacon();
    this.hasJoined = false;
    this.hasLeft = true;
    this.state.mine.state = "absent";
    this.end(null);
  }

  /**
   * The microphone; off is muted, the device stays open.
   *
   * @param {boolean} on
   */
  async setAudio(on) {
    if (this.state.wants === "audio") this.state.wants = null;
    await this.media.setAudio(on);
  }

  /**
   * The camera; off closes it, its light goes out.
   *
   * @param {boolean} on
   */
  async setVideo(on) {
    const isAnswer = on && this.state.wants === "video";
    if (this.state.wants === "video") this.state.wants = null;
    // Who comes back from writing to pictures comes back with a voice.
    if (isAnswer && !this.media.microphone) await this.media.setAudio(true);
    await this.media.setVideo(on);
  }

  /** @param {boolean} on */
  async shareScreen(on) {
    await this.media.shareScreen(on);
  }

  /**
   * @param {Kind} kind
   * @param {string} id
   */
  async useDevice(kind, id) {
    this.devices.choose(kind, id);
    if (kind !== "audiooutput") await this.media.reopen(kind);
    this.changed();
  }

  /** Answers what `wants` asks for without opening anything. */
  decline() {
    this.state.wants = null;
    this.changed();
  }

  /** @param {string} level for everybody */
  setLevel(level) {
    this.signalling.send("level", { level });
  }

  /**
   * Writes in the room; resolves when the server has it. Words that cannot be sent now wait for
   * the socket.
   *
   * @param {string} text
   * @returns {Promise<Message>} rejects with a Refusal
   */
  say(text) {
    return this.outbox.say(text);
  }

  /**
   * Tells the practice what is wrong; the notice `noted` is the receipt.
   *
   * @param {string} kind
   * @param {string} words
   */
  report(kind, words) {
    this.signalling.send("problem", { kind, words });
  }

  /** Looks for new ways at once: the network is another one now. */
  networkChanged() {
    this.signalling.wake();
    this.mesh.nudge();
  }

  close() {
    this.#windows.abort();
    super.close();
  }

  /**
   * What the browser counts, by role; for tests and for whoever looks into a call.
   *
   * @returns {Promise<Record<string, RTCStats[]>>}
   */
  async statistics() {
    /** @type {Record<string, RTCStats[]>} */
    const found = {};
    for (const [role, peer] of this.peers) {
      found[role] = [...(await peer.connection.getStats()).values()];
    }
    return found;
  }

  /**
   * Notices a change from one network to another, where the browser tells of it.
   *
   * @param {AbortSignal} signal
   */
  #followNetwork(signal) {
    const { connection } = /** @type {{ connection?: EventTarget & { type?: string } }} */ (
      /** @type {unknown} */ (navigator)
    );
    let before = connection?.type;
    connection?.addEventListener(
      "change",
      () => {
        // The same event tells of every small change of speed.
        if (connection.type === before) return;
        before = connection.type;
        this.networkChanged();
      },
      { signal },
    );
  }

  /** @param {PageTransitionEvent} event */
  #putAway({ persisted }) {
    this.#sendBeacon();
    this.close();
    // Brought back as it was, with all of this closed: begins anew.
    if (persisted) globalThis.addEventListener("pageshow", () => location.reload(), { once: true });
  }

  /** The stay ends at once, even where the socket cannot say so. */
  #sendBeacon() {
    if (!this.hasJoined) return;
    const body = new URLSearchParams({ epoch: this.epoch, csrfmiddlewaretoken: this.#csrfToken });
    navigator.sendBeacon(this.#leftUrl, body);
  }
}
