// @ts-check
import { preferRedundancy, wishForOpus } from "live/opus";
import { countOf, judge, Steady } from "live/quality";

/**
 * The connection of this page to one page of one other person: perfect negotiation (W3C WebRTC
 * section 10.7), mending of the path, and what arrives.
 *
 * Events: `change` (path, quality or stream changed), `path` (detail: a state for the server).
 *
 * @typedef {import("live/protocol").Ice} Ice
 * @typedef {"connecting" | "connected" | "disconnected" | "restarting" | "failed"} Path
 * @typedef {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} Tracks
 *
 * @typedef {object} PeerOptions
 * @property {string} epoch of the other page
 * @property {boolean} isPolite
 * @property {boolean} hasVideo whether the session may carry pictures at all
 * @property {Ice} ice
 * @property {RTCCertificate} certificate
 * @property {Tracks} tracks
 * @property {(type: string, fields: Record<string, unknown>) => void} send to the other page
 * @property {() => Promise<Ice>} renewIce
 */

const RESTART_AFTER = 2_000;
const RESTART_EVERY = 5_000;
/** The polite side leaves the mending to the other, and does it when that seems asleep. */
const POLITE_WAITS = 4_000;
const LOOK_EVERY = 2_000;
const AUDIO_BITS = 64_000;
const VIDEO_BITS = 1_200_000;

export class Peer extends EventTarget {
  /** @param {PeerOptions} options */
  constructor(options) {
    super();
    this.epoch = options.epoch;
    this.isPolite = options.isPolite;
    this.send = options.send;
    this.renewIce = options.renewIce;
    this.isMakingOffer = false;
    this.isIgnoringOffer = false;
    this.isClosed = false;
    this.lastRestart = -Infinity;
    /** @type {Path} */
    this.path = "connecting";
    /** @type {import("live/quality").Quality | null} */
    this.quality = null;
    this.steady = new Steady();
    /** @type {import("live/quality").Count | null} */
    this.counted = null;
    this.stream = new MediaStream();
    /** @type {RTCIceCandidateInit[]} */
    this.early = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.mending = undefined;

    const connection = new RTCPeerConnection({
      iceServers: options.ice.servers,
      iceTransportPolicy: options.ice.policy,
      certificates: [options.certificate],
      bundlePolicy: "max-bundle",
    });
    this.connection = connection;
    connection.addEventListener("negotiationneeded", () => this.whileOpen(() => this.offer()));
    connection.addEventListener("icecandidate", ({ candidate }) =>
      this.send("candidate", { candidate: plain(candidate) }),
    );
    connection.addEventListener("track", ({ track }) => this.receive(track));
    connection.addEventListener("connectionstatechange", () => this.follow());
    connection.addEventListener("iceconnectionstatechange", () => this.follow());
    this.looking = setInterval(() => this.whileOpen(() => this.look()), LOOK_EVERY);

    // The impolite side offers; the polite one takes its transceivers from that offer.
    this.hasVideo = options.hasVideo;
    this.tracks = options.tracks;
    if (!this.isPolite) this.addTransceivers();
  }

  addTransceivers() {
    const audio = this.connection.addTransceiver(this.tracks.audio ?? "audio", {
      direction: "sendrecv",
    });
    preferRedundancy(audio);
    if (this.hasVideo) {
      this.connection.addTransceiver(this.tracks.video ?? "video", { direction: "sendrecv" });
    }
    this.tune();
  }

  /**
   * Sends these tracks from now on; null sends nothing. No negotiation is needed.
   *
   * @param {Tracks} tracks
   */
  async use(tracks) {
    this.tracks = tracks;
    await Promise.all([
      this.sender("audio")?.replaceTrack(tracks.audio),
      this.sender("video")?.replaceTrack(tracks.video),
    ]);
    this.tune();
  }

  /** @param {"audio" | "video"} kind */
  sender(kind) {
    return this.connection
      .getTransceivers()
      .find(({ receiver }) => receiver.track.kind === kind)?.sender;
  }

  /** @param {RTCSessionDescriptionInit} description */
  takeDescription(description) {
    return this.whileOpen(() => this.followDescription(description));
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  takeCandidate(candidate) {
    return this.whileOpen(() => this.followCandidate(candidate));
  }

  /**
   * Takes a step of the negotiation; one that closing has cut off is no error.
   *
   * @param {() => Promise<void>} step
   */
  async whileOpen(step) {
    try {
      if (!this.isClosed) await step();
    } catch (error) {
      if (!this.isClosed) throw error;
    }
  }

  /** @param {RTCSessionDescriptionInit} description */
  async followDescription(description) {
    const { connection } = this;
    const collides =
      description.type === "offer" &&
      (this.isMakingOffer || connection.signalingState !== "stable");
    this.isIgnoringOffer = !this.isPolite && collides;
    if (this.isIgnoringOffer) return;
    await connection.setRemoteDescription({
      type: description.type,
      sdp: wishForOpus(description.sdp ?? ""),
    });
    for (const candidate of this.early.splice(0)) await connection.addIceCandidate(candidate);
    if (description.type === "offer") await this.answer();
  }

  async answer() {
    for (const transceiver of this.connection.getTransceivers()) {
      const kind = transceiver.receiver.track.kind === "audio" ? "audio" : "video";
      transceiver.direction = "sendrecv";
      if (kind === "audio") preferRedundancy(transceiver);
      await transceiver.sender.replaceTrack(this.tracks[kind]);
    }
    await this.connection.setLocalDescription();
    this.sendDescription();
    this.tune();
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  async followCandidate(candidate) {
    if (this.isIgnoringOffer || !candidate) return;
    if (!this.connection.remoteDescription) {
      this.early.push(candidate);
      return;
    }
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      // One candidate of an ignored or former offer: the path has others.
      if (this.connection.iceConnectionState === "failed") throw error;
    }
  }

  async offer() {
    try {
      this.isMakingOffer = true;
      await this.connection.setLocalDescription();
      this.sendDescription();
    } finally {
      this.isMakingOffer = false;
    }
  }

  sendDescription() {
    const { localDescription } = this.connection;
    if (!localDescription || this.isClosed) return;
    const { type, sdp } = localDescription;
    this.send("description", { description: { type, sdp } });
  }

  /** Mends the path now: the network is known to have changed. */
  async restart() {
    if (this.isClosed || performance.now() - this.lastRestart < RESTART_EVERY) return;
    this.lastRestart = performance.now();
    this.setPath("restarting");
    const { servers, policy } = await this.renewIce();
    if (this.isClosed) return;
    this.connection.setConfiguration({
      ...this.connection.getConfiguration(),
      iceServers: servers,
      iceTransportPolicy: policy,
    });
    this.connection.restartIce();
  }

  /** Takes the connection's own state over, and begins to mend what broke. */
  follow() {
    if (this.isClosed) return;
    const state = this.connection.connectionState;
    if (state === "connected") {
      clearTimeout(this.mending);
      this.mending = undefined;
      this.setPath("connected");
    } else if (state === "disconnected" || state === "failed") {
      this.setPath(state);
      this.mendSoon(state === "failed" ? 0 : RESTART_AFTER);
    }
  }

  /** @param {number} pause */
  mendSoon(pause) {
    if (this.mending !== undefined) return;
    const patience = pause + (this.isPolite ? POLITE_WAITS : 0);
    this.mending = setTimeout(async () => {
      this.mending = undefined;
      if (this.isClosed || this.connection.connectionState === "connected") return;
      await this.restart().catch(() => {});
      // Until it stands again: the first try may have fallen into the same gap.
      this.mendSoon(RESTART_EVERY);
    }, patience);
  }

  /** @param {MediaStreamTrack} track */
  receive(track) {
    for (const former of this.stream.getTracks()) {
      if (former.kind === track.kind) this.stream.removeTrack(former);
    }
    this.stream.addTrack(track);
    this.dispatchEvent(new Event("change"));
  }

  async look() {
    if (this.path !== "connected") return;
    const count = countOf(await this.connection.getStats());
    const before = this.counted;
    this.counted = count;
    if (!before || this.isClosed) return;
    const shown = this.steady.take(judge(before, count));
    if (shown === this.quality) return;
    this.quality = shown;
    this.dispatchEvent(new Event("change"));
  }

  /** Speech before pictures: what is scarce goes to audio first. */
  tune() {
    this.limit("audio", AUDIO_BITS, "high");
    this.limit("video", VIDEO_BITS, "low");
  }

  /**
   * @param {"audio" | "video"} kind
   * @param {number} maxBitrate bits a second
   * @param {RTCPriorityType} priority
   */
  limit(kind, maxBitrate, priority) {
    const sender = this.sender(kind);
    const parameters = sender?.getParameters();
    if (!sender || !parameters?.encodings?.length) return;
    for (const encoding of parameters.encodings) {
      Object.assign(encoding, { maxBitrate, priority, networkPriority: priority });
    }
    // A browser without one of these settings goes on as it was.
    sender.setParameters(parameters).catch(() => {});
  }

  /** @param {Path} path */
  setPath(path) {
    if (path === this.path) return;
    this.path = path;
    if (path !== "connected") this.quality = null;
    if (path !== "restarting") this.dispatchEvent(new CustomEvent("path", { detail: path }));
    this.dispatchEvent(new Event("change"));
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.mending);
    clearInterval(this.looking);
    this.connection.close();
  }
}

/**
 * A candidate as the protocol carries it.
 *
 * @param {RTCIceCandidate | null} candidate
 */
function plain(candidate) {
  if (!candidate) return null;
  const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return { candidate: line, sdpMid, sdpMLineIndex, usernameFragment };
}
