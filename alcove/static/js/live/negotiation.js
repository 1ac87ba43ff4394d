// @ts-check
import { wishForOpus } from "live/opus";
import { fingerprintIn } from "live/safety_code";

/**
 * Offers, answers and candidates of one connection: perfect negotiation (W3C WebRTC, section
 * 10.7). Whatever changes the connection's descriptions stands in one line, so that nothing comes
 * between a look at its state and the step that follows from it.
 *
 * @typedef {import("live/protocol").Description} Description
 * @typedef {import("live/protocol").Candidate} Candidate
 *
 * @typedef {object} NegotiationOptions
 * @property {RTCPeerConnection} connection
 * @property {boolean} isPolite
 * @property {(type: string, fields: Record<string, unknown>) => void} send to the other page
 * @property {() => Promise<void>} beforeAnswer what must be on the connection before it answers
 * @property {() => void} settled called when both sides agree again
 */
export class Negotiation {
  #options;
  #line = Promise.resolve();
  #isIgnoringOffer = false;
  /** Candidates that came before the description they belong to. @type {Candidate[]} */
  #early = [];
  /** The other page's certificate, as its first description names it. @type {string | null} */
  #fingerprint = null;
  /** When the other page last described itself, by `performance.now`. */
  heardAt = -Infinity;

  /** @param {NegotiationOptions} options */
  constructor(options) {
    this.#options = options;
    const { connection } = options;
    connection.addEventListener("negotiationneeded", () => this.#then(() => this.#offer()));
    connection.addEventListener("icecandidate", ({ candidate }) =>
      options.send("candidate", { candidate: plain(candidate) }),
    );
  }

  /** Whether both sides have agreed, and nothing is under way. */
  get isSettled() {
    const { connection } = this.#options;
    return connection.signalingState === "stable" && connection.remoteDescription !== null;
  }

  /** @param {Description} description */
  takeDescription(description) {
    this.heardAt = performance.now();
    this.#then(() => this.#describe(description));
  }

  /** @param {Candidate} candidate */
  takeCandidate(candidate) {
    this.#then(() => this.#addCandidate(candidate));
  }

  /** Offers new paths; an offer that was never answered is sent once more instead. */
  restart() {
    this.#then(async () => {
      const { connection } = this.#options;
      // Not rolled back and made anew: the other side may have it, and only its answer is lost.
      if (connection.signalingState === "have-local-offer") this.#sendDescription();
      else connection.restartIce();
    });
  }

  /** @param {() => Promise<void>} step */
  #then(step) {
    this.#line = this.#line.then(async () => {
      if (this.#isClosed) return;
      try {
        await step();
      } catch (error) {
        // Closed while it was under way, or a description that the browser cannot use: the path
        // then never stands, and the page says so.
        if (!this.#isClosed) console.warn("live:", error);
      }
    });
  }

  get #isClosed() {
    return this.#options.connection.signalingState === "closed";
  }

  async #offer() {
    const { connection } = this.#options;
    if (connection.signalingState !== "stable") return;
    await connection.setLocalDescription();
    this.#sendDescription();
  }

  /** @param {Description} description */
  async #describe({ type, sdp }) {
    const { connection, isPolite, beforeAnswer, settled } = this.#options;
    const isOffer = type === "offer";
    // Both offered: the polite side drops its own, the impolite one ignores the other's.
    this.#isIgnoringOffer = isOffer && !isPolite && connection.signalingState !== "stable";
    // An answer to an offer that was taken back answers nothing.
    const isStray = !isOffer && connection.signalingState !== "have-local-offer";
    if (this.#isIgnoringOffer || isStray) return;
    this.#holdToCertificate(sdp);
    await connection.setRemoteDescription({ type, sdp: wishForOpus(sdp) });
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    if (isOffer) {
      await beforeAnswer();
      await connection.setLocalDescription();
      this.#sendDescription();
    }
    settled();
  }

  /**
   * One page has one certificate as long as it lives. A description that names another, or a second
   * one beside it, comes from somebody who would like to listen: people may have compared their
   * code already.
   *
   * @param {string} sdp
   */
  #holdToCertificate(sdp) {
    const found = fingerprintIn(sdp);
    this.#fingerprint ??= found;
    if (!found || found !== this.#fingerprint) throw new Error("a description with a foreign certificate");
  }

  /** @param {Candidate} candidate */
  async #addCandidate(candidate) {
    const { connection } = this.#options;
    if (!connection.remoteDescription) {
      this.#early.push(candidate);
      return;
    }
    try {
      await connection.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      // It belongs to an offer that was ignored, or that a newer one has replaced.
      if (!this.#isIgnoringOffer && !isOfFormerOffer(candidate, connection)) throw error;
    }
  }

  #sendDescription() {
    const { connection, send } = this.#options;
    if (!connection.localDescription) return;
    const { type, sdp } = connection.localDescription;
    send("description", { description: { type, sdp } });
  }
}

/**
 * A candidate as the protocol carries it.
 *
 * @param {RTCIceCandidate | null} candidate
 * @returns {Candidate}
 */
function plain(candidate) {
  if (!candidate) return null;
  const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return { candidate: line, sdpMid, sdpMLineIndex, usernameFragment };
}

/**
 * @param {Candidate} candidate
 * @param {RTCPeerConnection} connection
 */
function isOfFormerOffer(candidate, connection) {
  const fragment = candidate?.usernameFragment;
  return !fragment || !connection.remoteDescription?.sdp.includes(`a=ice-ufrag:${fragment}`);
}
