// @ts-check
import { Devices } from "live/devices";
import { OwnMedia } from "live/own_media";
import { Peer } from "live/peer";
import { isPolite, LEVELS, token } from "live/protocol";
import { fingerprintOf, safetyCode } from "live/safety_code";
import { Signalling } from "live/signalling";

/**
 * One person's part in a live session: the socket, one peer for each other person, their own
 * media, and the state that a page shows. It knows no element of a page.
 *
 * Events: `change` (`state` changed), `message` (detail: the message), `notice` (detail: {code,
 * …}: something to say once).
 *
 * @typedef {import("live/protocol").Frame} Frame
 * @typedef {import("live/protocol").Person} Person
 * @typedef {import("live/protocol").Session} Session
 * @typedef {import("live/protocol").Message} Message
 * @typedef {import("live/protocol").Ice} Ice
 * @typedef {import("live/devices").Kind} Kind
 *
 * @typedef {Person & {path: "none" | "connecting" | "connected" | "disconnected" | "restarting" |
 *   "failed", quality: "good" | "fair" | "poor" | null, stream: MediaStream | null}} Other
 *
 * @typedef {object} State
 * @property {"connecting" | "open" | "lost" | "ended"} signalling
 * @property {{code: string, message: string} | null} ending
 * @property {string} you
 * @property {boolean} letsIn
 * @property {boolean} elsewhere
 * @property {Session | null} session
 * @property {string} level
 * @property {number} offset milliseconds from this device's clock to the server's
 * @property {Record<string, Other>} people the others, by role
 * @property {{state: string, audio: boolean, video: boolean, screen: boolean,
 *   stream: MediaStream}} mine
 * @property {string | null} safetyCode
 * @property {"audio" | "chat" | null} suggestion
 * @property {"video" | "audio" | null} wants
 */

const DEVICE = "live:device";
const POOR_FOR = 10_000;
const FAILED_FOR = 15_000;
const ICE_PATIENCE = 2_000;

export class Call extends EventTarget {
  onOnline = () => this.networkChanged();
  onPageHide = () => this.beacon();

  /**
   * @param {{socketUrl: string, leftUrl: string, csrfToken: string, storage: Storage,
   *   session: Storage}} options
   */
  constructor({ socketUrl, leftUrl, csrfToken, storage, session }) {
    super();
    this.leftUrl = leftUrl;
    this.csrfToken = csrfToken;
    this.epoch = token();
    this.devices = new Devices({ storage });
    this.media = new OwnMedia({ devices: this.devices });
    /** @type {Map<string, Peer>} */
    this.peers = new Map();
    /** @type {Map<string, {id: string, text: string, done: (message: Message) => void,
     *   fail: (error: Frame) => void}>} */
    this.unsent = new Map();
    /** @type {Ice | null} */
    this.ice = null;
    this.hasJoined = false;
    this.hasLeft = false;
    this.isClosed = false;
    this.lastMessage = 0;
    /** When the path became bad, by role. @type {Map<string, number>} */
    this.badSince = new Map();
    /** @type {((ice: Ice) => void)[]} */
    this.awaitingIce = [];
    /** Frames for a peer whose making still waits for the certificate. @type {Frame[]} */
    this.early = [];
    /** What the fingerprints were when the present code was made. */
    this.fingerprints = "";
    // One for all peers: everybody has one fingerprint, and one code is good for the whole call.
    this.certificate = RTCPeerConnection.generateCertificate(
      /** @type {EcKeyGenParams} */ ({ name: "ECDSA", namedCurve: "P-256" }),
    );
    /** @type {State} */
    this.state = {
      signalling: "connecting",
      ending: null,
      you: "",
      letsIn: false,
      elsewhere: false,
      session: null,
      level: "",
      offset: 0,
      people: {},
      mine: { state: "absent", audio: false, video: false, screen: false, stream: this.media.stream },
      safetyCode: null,
      suggestion: null,
      wants: null,
    };
    this.signalling = new Signalling({
      url: socketUrl,
      epoch: this.epoch,
      device: deviceOf(session),
      lastMessage: () => this.lastMessage,
    });
    this.listen();
  }

  listen() {
    this.signalling.addEventListener("state", (event) => {
      this.state.signalling = /** @type {CustomEvent} */ (event).detail;
      this.changed();
    });
    this.signalling.addEventListener("frame", (event) =>
      this.take(/** @type {CustomEvent} */ (event).detail),
    );
    this.signalling.addEventListener("end", (event) => {
      const { code, message } = /** @type {CustomEvent} */ (event).detail;
      this.end({ code, message });
    });
    this.media.addEventListener("change", () => this.mediaChanged());
    this.media.addEventListener("trouble", (event) => {
      const { kind, code } = /** @type {CustomEvent} */ (event).detail;
      this.notice({ code: "trouble", kind, trouble: code });
    });
    this.watching = setInterval(() => this.suggest(), 1_000);
    globalThis.addEventListener("online", this.onOnline);
    globalThis.addEventListener("pagehide", this.onPageHide);
  }

  // --- What a person does -----------------------------------------------------------------------

  /** Opens the socket: the person stands at the door. */
  open() {
    this.signalling.open();
  }

  /** @param {{takeOver?: boolean}} [options] */
  join({ takeOver = false } = {}) {
    this.hasJoined = true;
    this.hasLeft = false;
    this.signalling.send("join", { take_over: takeOver });
  }

  /** @param {string} role */
  admit(role) {
    this.signalling.send("admit", { role });
  }

  /** Goes on purpose; the page can join again. */
  leave() {
    this.hasJoined = false;
    this.hasLeft = true;
    this.signalling.send("leave");
    this.closePeers();
    this.media.dropAll();
    this.state.mine.state = "absent";
    this.changed();
  }

  /** @param {boolean} on */
  async setAudio(on) {
    if (this.state.wants === "audio") this.state.wants = null;
    if (!on || this.state.level !== "chat") await this.media.setAudio(on);
  }

  /** @param {boolean} on */
  async setVideo(on) {
    if (this.state.wants === "video") this.state.wants = null;
    if (!on || this.state.level === "video") await this.media.setVideo(on);
  }

  /** @param {boolean} on */
  async shareScreen(on) {
    if (!on || this.state.level === "video") await this.media.shareScreen(on);
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

  /** @param {string} level */
  setLevel(level) {
    this.signalling.send("level", { level });
  }

  /**
   * Writes in the room; resolves with the message when the server has it. Words that cannot be
   * sent now wait for the socket.
   *
   * @param {string} text
   * @returns {Promise<Message>} rejects with the error frame
   */
  say(text) {
    return new Promise((done, fail) => {
      const id = token();
      this.unsent.set(id, { id, text, done, fail });
      this.signalling.send("chat", { id, text });
    });
  }

  /**
   * @param {string} kind
   * @param {string} words
   */
  report(kind, words) {
    this.signalling.send("problem", { kind, words });
  }

  /** Mends everything at once: the network is another one now. */
  networkChanged() {
    this.signalling.wake();
    for (const peer of this.peers.values()) {
      if (peer.path !== "connected") peer.restart();
    }
  }

  /** The one teardown: leaving the page, errors and takeovers all come here. */
  close() {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.watching);
    globalThis.removeEventListener("online", this.onOnline);
    globalThis.removeEventListener("pagehide", this.onPageHide);
    this.closePeers();
    this.media.close();
    this.signalling.close();
    for (const { fail } of this.unsent.values()) fail({ type: "error", code: "closed" });
    this.unsent.clear();
  }

  // --- What the server says ---------------------------------------------------------------------

  /** @param {Frame} frame */
  take(frame) {
    const act = {
      welcome: () => this.welcome(frame),
      person: () => this.takePerson(frame.person),
      description: () => this.peerOf(frame)?.takeDescription(frame.description),
      candidate: () => this.peerOf(frame)?.takeCandidate(frame.candidate),
      level: () => this.takeLevel(frame.level, frame.by),
      message: () => this.takeMessage(frame.message),
      ice: () => this.takeIce(frame.ice),
      noted: () => this.notice({ code: "noted", kind: frame.kind }),
      session: () => this.takeSession(frame.session),
      error: () => this.takeError(frame),
      pong: () => {},
    }[frame.type];
    act?.();
  }

  /** @param {Frame} frame */
  welcome(frame) {
    const { state } = this;
    state.you = frame.you;
    state.letsIn = frame.lets_in;
    state.elsewhere = frame.elsewhere;
    state.session = frame.session;
    state.offset = Date.parse(frame.session.now) - Date.now();
    this.ice = frame.ice;
    this.applyLevel(frame.session.level);
    for (const message of frame.messages) this.takeMessage(message);
    if (this.hasJoined) this.signalling.send("join", { take_over: false });
    for (const { id, text } of this.unsent.values()) this.signalling.send("chat", { id, text });
    for (const person of frame.people) this.takePerson(person);
    this.changed();
  }

  /** @param {Person} person */
  takePerson(person) {
    const { state } = this;
    if (person.role === state.you) {
      this.takeMyself(person);
      return;
    }
    const before = state.people[person.role];
    state.people[person.role] = {
      ...person,
      path: before?.path ?? "none",
      quality: before?.quality ?? null,
      stream: before?.stream ?? null,
    };
    this.meet(person.role);
    this.changed();
  }

  /** @param {Person} person */
  takeMyself(person) {
    const { mine } = this.state;
    const wasHere = mine.state === "here";
    if (person.epoch === this.epoch) {
      mine.state = person.state;
      this.state.elsewhere = false;
    } else {
      // What another page of this person does is no state of this one.
      mine.state = this.hasLeft ? "absent" : "door";
      this.state.elsewhere = person.epoch !== null;
    }
    if (mine.state === "here" && !wasHere) this.sendMedia();
    for (const role of Object.keys(this.state.people)) this.meet(role);
    this.changed();
  }

  /** @param {Message} message */
  takeMessage(message) {
    const waiting = message.id ? this.unsent.get(message.id) : undefined;
    if (waiting && message.id) {
      this.unsent.delete(message.id);
      waiting.done(message);
    }
    if (message.number <= this.lastMessage) return;
    this.lastMessage = message.number;
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  /** @param {Frame} frame */
  takeError(frame) {
    const waiting = frame.re ? this.unsent.get(frame.re) : undefined;
    if (waiting) {
      this.unsent.delete(waiting.id);
      waiting.fail(frame);
      return;
    }
    if (frame.fatal) return;
    if (frame.code === "joined_elsewhere") {
      this.hasJoined = false;
      this.state.elsewhere = true;
      this.changed();
    }
    this.notice({ code: frame.code, message: frame.message });
  }

  /** @param {Session} session */
  takeSession(session) {
    this.state.session = session;
    this.notice({ code: "session_changed" });
    this.changed();
  }

  /** @param {Ice} ice */
  takeIce(ice) {
    this.ice = ice;
    for (const done of this.awaitingIce.splice(0)) done(ice);
  }

  // --- Level ------------------------------------------------------------------------------------

  /**
   * @param {string} level
   * @param {string} by
   */
  takeLevel(level, by) {
    const before = this.state.level;
    this.applyLevel(level);
    const isRise = LEVELS.indexOf(level) > LEVELS.indexOf(before);
    this.state.suggestion = null;
    this.badSince.clear();
    if (isRise && by === this.state.you) {
      if (before === "chat") this.setAudio(true);
      if (level === "video") this.setVideo(true);
    } else if (isRise) {
      // Nobody's device is opened by another person's act: the page asks.
      this.state.wants = level === "video" ? "video" : "audio";
    }
    this.notice({ code: "level_changed", level, by });
    this.changed();
  }

  /** @param {string} level */
  applyLevel(level) {
    if (level === this.state.level) return;
    this.state.level = level;
    if (level === "audio") this.media.dropPicture();
    if (level === "chat") {
      this.media.dropAll();
      this.closePeers();
    }
    if (level !== "video" && this.state.wants === "video") this.state.wants = null;
    for (const role of Object.keys(this.state.people)) this.meet(role);
  }

  // --- Peers ------------------------------------------------------------------------------------

  /**
   * Begins, keeps or ends the connection to the page of somebody, as their state asks.
   *
   * @param {string} role
   */
  meet(role) {
    const other = this.state.people[role];
    const peer = this.peers.get(role);
    const isGone = other.state === "absent" || other.state === "door" || other.state === "waiting";
    if (peer && (isGone || (other.epoch && other.epoch !== peer.epoch))) this.part(role);
    const mayMeet =
      this.state.mine.state === "here" && other.state === "here" && this.state.level !== "chat";
    if (mayMeet && other.epoch && !this.peers.has(role)) this.connect(role, other.epoch);
  }

  /**
   * @param {string} role
   * @param {string} epoch
   */
  async connect(role, epoch) {
    const certificate = await this.certificate;
    const other = this.state.people[role];
    if (this.isClosed || !this.ice || this.peers.has(role) || other?.epoch !== epoch) return;
    const peer = new Peer({
      epoch,
      isPolite: isPolite(this.state.you, role),
      hasVideo: this.state.session?.modality === "video",
      ice: this.ice,
      certificate,
      tracks: this.media.tracks,
      send: (type, fields) =>
        this.signalling.send(type, { to: role, to_epoch: epoch, ...fields }),
      renewIce: () => this.renewIce(),
    });
    this.peers.set(role, peer);
    peer.addEventListener("change", () => this.peerChanged(role, peer));
    peer.addEventListener("path", (event) => {
      const state = /** @type {CustomEvent} */ (event).detail;
      this.signalling.send("path", { to: role, state });
    });
    this.peerChanged(role, peer);
    for (const frame of this.early.splice(0)) this.take(frame);
  }

  /**
   * The peer that a forwarded frame is for; frames of pages that are gone are dropped.
   *
   * @param {Frame} frame
   */
  peerOf(frame) {
    if (frame.to_epoch !== this.epoch) return undefined;
    const peer = this.peers.get(frame.from);
    if (peer) return peer.epoch === frame.from_epoch ? peer : undefined;
    if (this.state.people[frame.from]?.epoch === frame.from_epoch) this.early.push(frame);
    return undefined;
  }

  /**
   * @param {string} role
   * @param {Peer} peer
   */
  peerChanged(role, peer) {
    const other = this.state.people[role];
    if (!other || this.peers.get(role) !== peer) return;
    other.path = peer.path;
    other.quality = peer.quality;
    other.stream = peer.stream;
    this.showSafetyCode();
    this.changed();
  }

  /** @param {string} role */
  part(role) {
    this.peers.get(role)?.close();
    this.peers.delete(role);
    this.badSince.delete(role);
    const other = this.state.people[role];
    if (other) Object.assign(other, { path: "none", quality: null, stream: null });
    this.state.safetyCode = null;
  }

  closePeers() {
    for (const role of [...this.peers.keys()]) this.part(role);
  }

  /** @returns {Promise<Ice>} fresh credentials, or the present ones while the server is away */
  renewIce() {
    const present = /** @type {Ice} */ (this.ice);
    if (!this.signalling.send("ice")) return Promise.resolve(present);
    return new Promise((done) => {
      this.awaitingIce.push(done);
      setTimeout(() => done(present), ICE_PATIENCE);
    });
  }

  /** Shows the code once everybody who is here is connected; it holds for all of them. */
  async showSafetyCode() {
    const here = Object.values(this.state.people).filter(({ state }) => state === "here");
    const isWhole = here.length > 0 && here.every(({ path }) => path === "connected");
    if (!isWhole) {
      this.state.safetyCode = null;
      this.fingerprints = "";
      return;
    }
    const found = [...this.peers.values()].flatMap(({ connection }) => [
      fingerprintOf(connection.localDescription),
      fingerprintOf(connection.remoteDescription),
    ]);
    const all = [...new Set(found)].sort().join();
    if (all === this.fingerprints) return;
    this.fingerprints = all;
    const code = await safetyCode(found, this.state.session?.code ?? "");
    if (this.fingerprints !== all || this.isClosed) return;
    this.state.safetyCode = code;
    this.changed();
  }

  // --- Own media --------------------------------------------------------------------------------

  mediaChanged() {
    const { audio, video, sharesScreen } = this.media;
    Object.assign(this.state.mine, { audio, video, screen: sharesScreen });
    for (const peer of this.peers.values()) peer.use(this.media.tracks).catch(() => {});
    this.sendMedia();
    this.changed();
  }

  sendMedia() {
    if (this.state.mine.state !== "here") return;
    const { audio, video, screen } = this.state.mine;
    this.signalling.send("media", { audio, video, screen });
  }

  // --- The rest ---------------------------------------------------------------------------------

  /** Offers a lower level where a path has been bad for long. */
  suggest() {
    const now = performance.now();
    let worst = 0;
    for (const [role, peer] of this.peers) {
      const isBad = peer.quality === "poor" || peer.path === "failed" || peer.path === "restarting";
      if (!isBad) this.badSince.delete(role);
      else if (!this.badSince.has(role)) this.badSince.set(role, now);
      const since = this.badSince.get(role);
      const patience = peer.path === "connected" ? POOR_FOR : FAILED_FOR;
      if (since !== undefined) worst = Math.max(worst, (now - since) / patience);
    }
    const lower = this.state.level === "video" ? "audio" : "chat";
    const suggestion = worst >= 1 && this.state.level !== "chat" ? lower : null;
    if (suggestion === this.state.suggestion) return;
    this.state.suggestion = suggestion;
    this.changed();
  }

  /**
   * What the browser counts, by role; for tests and for reports.
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

  /** The page is put away: the stay ends at once, even where the socket cannot say so. */
  beacon() {
    if (!this.hasJoined) return;
    const body = new URLSearchParams({ epoch: this.epoch, csrfmiddlewaretoken: this.csrfToken });
    navigator.sendBeacon(this.leftUrl, body);
  }

  /** @param {{code: string, message: string}} ending */
  end(ending) {
    this.state.signalling = "ended";
    this.state.ending = ending;
    this.hasJoined = false;
    this.close();
    this.changed();
  }

  /** @param {{code: string, [more: string]: unknown}} detail */
  notice(detail) {
    this.dispatchEvent(new CustomEvent("notice", { detail }));
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * The mark of this tab: a reload is known to be the same place.
 *
 * @param {Storage} session
 */
function deviceOf(session) {
  const kept = session.getItem(DEVICE);
  if (kept) return kept;
  const made = token();
  session.setItem(DEVICE, made);
  return made;
}
