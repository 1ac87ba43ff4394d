// @ts-check
import { Peer } from "live/peer";
import { isPolite } from "live/protocol";
import { fingerprintsOf, safetyCode } from "live/safety_code";

/**
 * The connections to the others, one for each of their pages. Each stands and falls by itself:
 * nobody's picture waits for another's.
 *
 * It keeps `people` and `safetyCode` of the call's state, and tells of it by `change`.
 *
 * @typedef {import("live/protocol").Frame} Frame
 * @typedef {import("live/protocol").Ice} Ice
 * @typedef {import("live/protocol").Person} Person
 * @typedef {import("live/call_state").State} State
 * @typedef {import("live/media_lines").Tracks} Tracks
 */

const ICE_PATIENCE = 2_000;
const ABSENT = ["absent", "door", "waiting"];

export class Mesh extends EventTarget {
  #options;
  /** @type {Ice | null} */
  #ice = null;
  /** @type {((ice: Ice) => void)[]} */
  #awaitingIce = [];
  /**
   * One for all peers: everybody has one fingerprint, and one code is good for the whole call.
   *
   * @type {RTCCertificate | null}
   */
  #certificate = null;
  /** Frames that came before the certificate was made. @type {Frame[]} */
  #early = [];
  /** What the present code was made of. */
  #fingerprints = "";
  #isClosed = false;
  /** @type {Map<string, Peer>} */
  peers = new Map();

  /**
   * @param {{ epoch: string, state: State, tracks: () => Tracks,
   *   signalling: import("live/signalling").Signalling, isIn: () => boolean }} options
   */
  constructor(options) {
    super();
    this.#options = options;
    this.#prepare();
  }

  /** The newest relay credentials. */
  get ice() {
    return this.#ice;
  }

  /** @param {Ice} ice */
  takeIce(ice) {
    this.#ice = ice;
    for (const done of this.#awaitingIce.splice(0)) done(ice);
  }

  /** @param {Person} person anybody but the reader */
  takePerson(person) {
    const { people } = this.#options.state;
    const before = people[person.role];
    const { path = "none", quality = null, stream = null } = before ?? {};
    people[person.role] = { ...person, path, quality, stream };
    this.meet(person.role);
    const peer = this.peers.get(person.role);
    if (!peer) return;
    // A shared screen may stand still; a face does not.
    peer.expects = { audio: person.audio, video: person.video && !person.screen };
    if (before?.state === "away" && person.state === "here") peer.resume();
  }

  /** Begins, keeps and ends the connections to everybody, as the states ask. */
  meetAll() {
    for (const role of Object.keys(this.#options.state.people)) this.meet(role);
  }

  /** @param {string} role */
  meet(role) {
    const { people, mine, level } = this.#options.state;
    const other = people[role];
    const peer = this.peers.get(role);
    const isGone = ABSENT.includes(other.state) || ABSENT.includes(mine.state) || level === "chat";
    if (peer && (isGone || (other.epoch && other.epoch !== peer.epoch))) this.#part(role);
    const areHere = mine.state === "here" && other.state === "here";
    if (areHere && level !== "chat" && other.epoch && !this.peers.has(role)) {
      this.#connect(role, other.epoch);
    }
  }

  /**
   * A forwarded description or candidate. Those of pages that are gone are dropped.
   *
   * @param {Frame} frame
   */
  take(frame) {
    if (frame.to_epoch !== this.#options.epoch) return;
    const peer = this.peers.get(frame.from);
    if (peer) {
      if (peer.epoch !== frame.from_epoch) return;
      if (frame.type === "description") peer.takeDescription(frame.description);
      else peer.takeCandidate(frame.candidate);
    } else if (!this.#certificate) {
      this.#early.push(frame);
    }
  }

  /** @param {Tracks} tracks */
  use(tracks) {
    for (const peer of this.peers.values()) peer.use(tracks);
  }

  /** The network changed. */
  nudge() {
    for (const peer of this.peers.values()) peer.nudge();
  }

  /** The server can be reached again: what was said meanwhile may be lost. */
  resume() {
    for (const [role, peer] of this.peers) {
      peer.resume();
      this.#report(role, peer.path);
    }
  }

  closeAll() {
    for (const role of [...this.peers.keys()]) this.#part(role);
  }

  close() {
    this.#isClosed = true;
    this.closeAll();
  }

  async #prepare() {
    // Absent where the browser or its owner forbids connections: then there is still the chat.
    if (!globalThis.RTCPeerConnection) return;
    const kind = /** @type {EcKeyGenParams} */ ({ name: "ECDSA", namedCurve: "P-256" });
    this.#certificate = await RTCPeerConnection.generateCertificate(kind);
    if (this.#isClosed) return;
    this.meetAll();
    for (const frame of this.#early.splice(0)) this.take(frame);
  }

  /**
   * @param {string} role
   * @param {string} epoch
   */
  #connect(role, epoch) {
    const { signalling, state, tracks, isIn } = this.#options;
    if (!this.#ice || !this.#certificate || this.#isClosed) return;
    const peer = new Peer({
      epoch,
      isPolite: isPolite(state.you, role),
      hasVideo: state.session?.modality === "video",
      ice: this.#ice,
      certificate: this.#certificate,
      tracks: tracks(),
      canSend: () => isIn() && state.people[role].state === "here",
      send: (type, fields) => signalling.send(type, { to: role, to_epoch: epoch, ...fields }),
      renewIce: () => this.#renewIce(),
    });
    this.peers.set(role, peer);
    peer.addEventListener("change", () => this.#show(role, peer));
    peer.addEventListener("path", (event) => {
      this.#report(role, /** @type {CustomEvent} */ (event).detail);
    });
    this.#show(role, peer);
  }

  /** @param {string} role */
  #part(role) {
    this.peers.get(role)?.close();
    this.peers.delete(role);
    Object.assign(this.#options.state.people[role], { path: "none", quality: null, stream: null });
    this.#showSafetyCode();
  }

  /**
   * Tells the server how a path is; what only this page knows ("connecting") it does not ask for.
   *
   * @param {string} role
   * @param {string} path
   */
  #report(role, path) {
    if (!["connected", "disconnected", "failed"].includes(path)) return;
    this.#options.signalling.send("path", { to: role, state: path });
  }

  /**
   * @param {string} role
   * @param {Peer} peer
   */
  #show(role, peer) {
    if (this.peers.get(role) !== peer) return;
    const { path, quality, stream } = peer;
    Object.assign(this.#options.state.people[role], { path, quality, stream });
    this.#showSafetyCode();
    this.dispatchEvent(new Event("change"));
  }

  /** @returns {Promise<Ice>} fresh credentials, or the present ones while the server is away */
  #renewIce() {
    const present = /** @type {Ice} */ (this.#ice);
    if (!this.#options.signalling.send("ice")) return Promise.resolve(present);
    return new Promise((done) => {
      this.#awaitingIce.push(done);
      setTimeout(() => done(present), ICE_PATIENCE);
    });
  }

  /** Shows the code once everybody who is here is connected; it holds for all of them. */
  async #showSafetyCode() {
    const { state } = this.#options;
    const here = Object.values(state.people).filter((person) => person.state === "here");
    const peers = [...this.peers.values()];
    const isWhole =
      peers.length > 0 &&
      peers.every((peer) => peer.path === "connected") &&
      here.every(({ role }) => this.peers.has(role));
    const found = isWhole ? peers.flatMap(({ connection }) => fingerprintsOf(connection)) : [];
    const all = [...new Set(found)].sort().join();
    if (all === this.#fingerprints) return;
    this.#fingerprints = all;
    state.safetyCode = null;
    if (!all) return;
    const code = await safetyCode(found, state.session?.code ?? "");
    if (this.#fingerprints !== all || this.#isClosed) return;
    state.safetyCode = code;
    this.dispatchEvent(new Event("change"));
  }
}
