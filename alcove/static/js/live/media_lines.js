// @ts-check
import { preferRedundancy } from "live/opus";

/**
 * What one connection carries: one line for sound, and one for the picture where the session may
 * have one. Both stand from the beginning and go both ways, so that opening and closing devices,
 * sharing a screen and changing the level never need a negotiation.
 *
 * @typedef {{ audio: MediaStreamTrack | null, video: MediaStreamTrack | null }} Tracks
 * @typedef {"audio" | "video"} Kind
 */

const AUDIO_BITS = 64_000;
const CAMERA_BITS = 1_200_000;
const SCREEN_BITS = 1_500_000;

export class MediaLines {
  #connection;
  #tracks;
  #tuning = Promise.resolve();
  /** Names what we send as belonging together: lips move with the voice. */
  #together = new MediaStream();
  /** What arrives; its tracks stand from the first description on. */
  stream = new MediaStream();

  /**
   * @param {RTCPeerConnection} connection
   * @param {Tracks} tracks
   */
  constructor(connection, tracks) {
    this.#connection = connection;
    this.#tracks = tracks;
    connection.addEventListener("track", ({ track }) => {
      for (const former of this.stream.getTracks()) {
        if (former.kind === track.kind) this.stream.removeTrack(former);
      }
      this.stream.addTrack(track);
    });
  }

  /**
   * Draws the lines, on the side that offers first.
   *
   * @param {boolean} hasVideo whether the session may carry pictures at all
   */
  draw(hasVideo) {
    for (const kind of hasVideo ? KINDS : KINDS.slice(0, 1)) {
      const transceiver = this.#connection.addTransceiver(this.#tracks[kind] ?? kind, {
        direction: "sendrecv",
        streams: [this.#together],
      });
      if (kind === "audio") preferRedundancy(transceiver);
    }
  }

  /** Takes over the lines that the other side's offer drew, before it is answered. */
  async adopt() {
    for (const transceiver of this.#connection.getTransceivers()) {
      if (transceiver.direction === "sendrecv") continue;
      const kind = kindOf(transceiver);
      transceiver.direction = "sendrecv";
      transceiver.sender.setStreams?.(this.#together);
      if (kind === "audio") preferRedundancy(transceiver);
      await transceiver.sender.replaceTrack(this.#tracks[kind]);
    }
  }

  /**
   * Sends these tracks from now on; null sends nothing.
   *
   * @param {Tracks} tracks
   */
  async use(tracks) {
    this.#tracks = tracks;
    await Promise.all(KINDS.map((kind) => this.sender(kind)?.replaceTrack(tracks[kind])));
    await this.tune();
  }

  /** @param {Kind} kind */
  sender(kind) {
    return this.#connection.getTransceivers().find((one) => kindOf(one) === kind)?.sender;
  }

  /** Speech before pictures: what is scarce goes to audio first. */
  tune() {
    // One after another: what was read of a sender holds until somebody else writes.
    this.#tuning = this.#tuning.then(() => this.#tune());
    return this.#tuning;
  }

  async #tune() {
    const isScreen = this.#tracks.video?.contentHint === "detail";
    await Promise.all([
      this.#limit("audio", AUDIO_BITS, "high"),
      this.#limit(
        "video",
        isScreen ? SCREEN_BITS : CAMERA_BITS,
        "low",
        // A face may blur but must not stutter; letters the other way round.
        isScreen ? "maintain-resolution" : "maintain-framerate",
      ),
    ]);
  }

  /**
   * @param {Kind} kind
   * @param {number} maxBitrate bits a second
   * @param {RTCPriorityType} priority
   * @param {RTCDegradationPreference} [degradationPreference]
   */
  async #limit(kind, maxBitrate, priority, degradationPreference) {
    const sender = this.sender(kind);
    const parameters = sender?.getParameters();
    if (!sender || !parameters?.encodings?.length) return;
    for (const encoding of parameters.encodings) {
      Object.assign(encoding, { maxBitrate, priority, networkPriority: priority });
    }
    if (degradationPreference) Object.assign(parameters, { degradationPreference });
    try {
      await sender.setParameters(parameters);
    } catch (error) {
      // A browser without one of these settings goes on as it was, and so does one that is just
      // negotiating: the next agreement tunes again.
      console.debug("live:", kind, error);
    }
  }
}

/** @type {Kind[]} */
const KINDS = ["audio", "video"];

/**
 * @param {RTCRtpTransceiver} transceiver
 * @returns {Kind}
 */
function kindOf(transceiver) {
  return transceiver.receiver.track.kind === "audio" ? "audio" : "video";
}
