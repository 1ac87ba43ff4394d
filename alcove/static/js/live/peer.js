// @ts-check
import { MediaLines } from "live/media_lines";
import { Negotiation } from "live/negotiation";
import { countOf, Judge } from "live/quality";

/**
 * The connection of this page to one page of one other person: what it carries, the mending of its
 * path, how good it is.
 *
 * Events: `change` (path or quality changed), `path` (detail: a state for the server).
 *
 * @typedef {import("live/protocol").Ice} Ice
 * @typedef {import("live/media_lines").Tracks} Tracks
 * @typedef {"connecting" | "connected" | "disconnected" | "restarting" | "failed"} Path
 *
 * @typedef {object} PeerOptions
 * @property {string} epoch of the other page
 * @property {boolean} isPolite
 * @property {boolean} hasVideo whether the session may carry pictures at all
 * @property {Ice} ice
 * @property {RTCCertificate} certificate
 * @property {Tracks} tracks
 * @property {() => boolean} canSend whether the other page can be reached through the server now
 * @property {(type: string, fields: Record<string, unknown>) => void} send to the other page
 * @property {() => Promise<Ice>} renewIce
 */

const LOOK_EVERY = 500;
const MEASURE_EVERY = 2_000;
/** A path that is gone for a moment often comes back by itself. */
const RESTART_AFTER = 2_000;
const RESTART_EVERY = 5_000;
/** Checks that are under way get longer, or a slow path would never be found. */
const CHECKS_TAKE = 10_000;
const ANSWER_TAKES = 5_000;
/** The polite side leaves the mending to the other, unless that is silent for so long. */
const POLITE_WAITS = 6_000;
const FAILED_AFTER = 12_000;

export class Peer extends EventTarget {
  #options;
  #negotiation;
  #lines;
  #judge = new Judge();
  #timers;
  /** When the path was lost; null while it stands. */
  #lostAt = /** @type {number | null} */ (performance.now());
  #restartedAt = performance.now();
  #wasConnected = false;
  #isUrgent = false;
  #isClosed = false;
  /** Whether the other sends sound or a moving picture, so that something must arrive. */
  expects = { audio: false, video: false };
  /** @type {Path} */
  path = "connecting";

  /** @param {PeerOptions} options */
  constructor(options) {
    super();
    this.#options = options;
    this.epoch = options.epoch;
    this.connection = new RTCPeerConnection({
      ...pathsOf(options.ice),
      certificates: [options.certificate],
      bundlePolicy: "max-bundle",
    });
    this.#lines = new MediaLines(this.connection, options.tracks);
    this.#negotiation = new Negotiation({
      connection: this.connection,
      isPolite: options.isPolite,
      send: options.send,
      beforeAnswer: () => this.#lines.adopt(),
      settled: () => this.#lines.tune(),
    });
    this.connection.addEventListener("connectionstatechange", () => this.#follow());
    this.#timers = [
      setInterval(() => this.#look(), LOOK_EVERY),
      setInterval(() => this.#measure(), MEASURE_EVERY),
    ];
    // The polite side takes its lines from the other's offer.
    if (!options.isPolite) this.#lines.draw(options.hasVideo);
  }

  /** What arrives. */
  get stream() {
    return this.#lines.stream;
  }

  get quality() {
    return this.path === "connected" ? this.#judge.shown : null;
  }

  /** For how long there has been no path, in milliseconds; 0 while it stands. */
  get outage() {
    return this.#lostAt === null ? 0 : performance.now() - this.#lostAt;
  }

  /** @param {import("live/protocol").Description} description */
  takeDescription(description) {
    if (description.type === "offer" && this.path === "disconnected") this.#setPath("restarting");
    this.#negotiation.takeDescription(description);
  }

  /** @param {import("live/protocol").Candidate} candidate */
  takeCandidate(candidate) {
    this.#negotiation.takeCandidate(candidate);
  }

  /** @param {Tracks} tracks */
  async use(tracks) {
    if (!this.#isClosed) await this.#lines.use(tracks);
  }

  /** @param {"audio" | "video"} kind */
  sender(kind) {
    return this.#lines.sender(kind);
  }

  /** The network changed: looks for a new path at once, even where the old one seems to stand. */
  nudge() {
    this.#isUrgent = true;
    this.#look();
  }

  /** Frames may have been lost: agrees anew where something was under way. */
  resume() {
    if (this.#lostAt === null && this.#negotiation.isSettled) return;
    this.#isUrgent ||= !this.#options.isPolite;
    this.#look();
  }

  close() {
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.connection.close();
  }

  /** Takes the connection's own state over. */
  #follow() {
    if (this.#isClosed) return;
    const state = this.connection.connectionState;
    if (state === "connected") {
      this.#lostAt = null;
      this.#wasConnected = true;
      this.#judge.begin();
      this.#setPath("connected");
    } else {
      this.#lostAt ??= performance.now();
      if (state === "failed") this.#setPath("failed");
      if (state === "disconnected" && this.path === "connected") this.#setPath("disconnected");
    }
    this.#look();
  }

  /** Mends the path when it is time to. */
  #look() {
    if (this.#isClosed) return;
    const now = performance.now();
    if (this.outage > FAILED_AFTER && this.#wasConnected) this.#setPath("failed");
    if (!this.#canMend) return;
    if (now - this.#restartedAt < RESTART_EVERY) return;
    if (this.#isUrgent || this.#isDue(now)) this.#restart();
  }

  /** Whether a new offer could be sent; the polite side leaves the very first one to the other. */
  get #canMend() {
    const isBegun = !this.#options.isPolite || this.connection.remoteDescription !== null;
    return isBegun && this.#options.canSend();
  }

  /** @param {number} now */
  #isDue(now) {
    if (this.#lostAt === null) return false;
    const state = this.connection.connectionState;
    let patience = state === "failed" ? 0 : RESTART_AFTER;
    if (state === "new") patience = ANSWER_TAKES;
    if (state === "connecting") patience = CHECKS_TAKE;
    const isWaiting = now - Math.max(this.#lostAt, this.#restartedAt) < patience;
    const heardAt = Math.max(this.#negotiation.heardAt, this.#lostAt);
    const leavesIt = this.#options.isPolite && now - heardAt < patience + POLITE_WAITS;
    return !isWaiting && !leavesIt;
  }

  async #restart() {
    this.#restartedAt = performance.now();
    this.#isUrgent = false;
    if (this.#wasConnected && this.#lostAt !== null && this.path !== "failed") {
      this.#setPath("restarting");
    }
    const ice = await this.#options.renewIce();
    if (this.#isClosed) return;
    this.connection.setConfiguration({ ...this.connection.getConfiguration(), ...pathsOf(ice) });
    this.#negotiation.restart();
  }

  async #measure() {
    if (this.path !== "connected") return;
    const before = this.quality;
    this.#judge.take(countOf(await this.connection.getStats()), this.expects);
    if (this.quality !== before && !this.#isClosed) this.dispatchEvent(new Event("change"));
  }

  /** @param {Path} path */
  #setPath(path) {
    if (path === this.path) return;
    this.path = path;
    if (path !== "restarting") this.dispatchEvent(new CustomEvent("path", { detail: path }));
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {Ice} ice */
function pathsOf({ servers, policy }) {
  return { iceServers: servers, iceTransportPolicy: policy };
}
