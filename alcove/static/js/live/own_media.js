// @ts-check
import { troubleOf } from "live/devices";

/**
 * What this person sends: microphone, camera and screen, each opened and closed by itself, never
 * more than the level of the session allows.
 *
 * Events: `change` (tracks or flags changed), `trouble` (detail: {kind, code}: a device did not
 * open or was "unplugged").
 *
 * @typedef {import("live/devices").Devices} Devices
 * @typedef {"microphone" | "camera" | "screen"} Source
 */

/** What each level may open. @type {Record<string, Source[]>} */
const ALLOWED = { chat: [], audio: ["microphone"], video: ["microphone", "camera", "screen"] };

export class OwnMedia extends EventTarget {
  #devices;
  #allowed = ALLOWED.video;
  #isClosed = false;
  /** One act after another: two quick taps on one button do not open a device twice. */
  #line = Promise.resolve();
  /** @type {Record<Source, MediaStreamTrack | null>} */
  #tracks = { microphone: null, camera: null, screen: null };
  /** For the person's own eyes: microphone, and screen or camera. */
  stream = new MediaStream();

  /** @param {{ devices: Devices }} options */
  constructor({ devices }) {
    super();
    this.#devices = devices;
  }

  /** Whether the microphone is open and not muted. */
  get audio() {
    return Boolean(this.#tracks.microphone?.enabled);
  }

  get video() {
    return Boolean(this.#tracks.camera);
  }

  get sharesScreen() {
    return Boolean(this.#tracks.screen);
  }

  get microphone() {
    return this.#tracks.microphone;
  }

  get camera() {
    return this.#tracks.camera;
  }

  /** What the peers send: the screen goes where the camera went. */
  get tracks() {
    const { microphone, camera, screen } = this.#tracks;
    return { audio: microphone, video: screen ?? camera };
  }

  /**
   * Takes over what was opened, unless it may not be open any more: the level was lowered, or the
   * call ended, while the browser asked.
   *
   * @param {MediaStream} stream
   * @param {Source} [picture] what its picture is
   */
  adopt(stream, picture = "camera") {
    for (const track of stream.getTracks()) {
      const source = track.kind === "audio" ? "microphone" : picture;
      if (this.#may(source)) this.#set(source, track);
      else track.stop();
    }
  }

  /** @param {boolean} on */
  setAudio(on) {
    // Muting waits for nothing.
    if (this.#tracks.microphone) {
      this.#tracks.microphone.enabled = on;
      this.#changed();
    }
    return this.#inTurn(async () => {
      if (on && !this.#tracks.microphone) await this.#open("audio");
      else if (this.#tracks.microphone) this.#tracks.microphone.enabled = on;
      this.#changed();
    });
  }

  /** @param {boolean} on */
  setVideo(on) {
    return this.#inTurn(async () => {
      if (on && !this.#tracks.camera) await this.#open("video");
      else if (!on) this.#set("camera", null);
    });
  }

  /** @param {boolean} on */
  shareScreen(on) {
    return this.#inTurn(async () => {
      if (!on || this.#tracks.screen) return on ? undefined : this.#set("screen", null);
      try {
        const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 15 } });
        this.adopt(stream, "screen");
      } catch (error) {
        // Closing the browser's own chooser is an answer, not a trouble.
        if (troubleOf(error) !== "denied") this.#tell("screen", troubleOf(error));
      }
    });
  }

  /**
   * Changes to the chosen device of a kind that is in use.
   *
   * @param {"audioinput" | "videoinput"} kind
   */
  reopen(kind) {
    return this.#inTurn(async () => {
      const { microphone, camera } = this.#tracks;
      if (kind === "audioinput" && microphone) {
        await this.#open("audio");
        if (this.#tracks.microphone) this.#tracks.microphone.enabled = microphone.enabled;
        this.#changed();
      }
      if (kind === "videoinput" && camera) {
        // Some phones cannot open one camera while the other still runs.
        this.#set("camera", null);
        await this.#open("video");
      }
    });
  }

  /**
   * Holds to a level: what is above it is closed at once, its light goes off.
   *
   * @param {string} level
   */
  keepTo(level) {
    this.#allowed = ALLOWED[level] ?? ALLOWED.video;
    for (const source of ALLOWED.video) if (!this.#may(source)) this.#set(source, null);
  }

  /** Closes everything that is open. */
  dropAll() {
    for (const source of ALLOWED.video) this.#set(source, null);
  }

  /** Closes everything for good. */
  close() {
    this.dropAll();
    this.#isClosed = true;
  }

  /** @param {Source} source */
  #may(source) {
    return !this.#isClosed && this.#allowed.includes(source);
  }

  /**
   * @param {() => Promise<void>} act
   * @returns {Promise<void>}
   */
  #inTurn(act) {
    this.#line = this.#line.then(act);
    return this.#line;
  }

  /** @param {"audio" | "video"} kind */
  async #open(kind) {
    if (!this.#may(kind === "audio" ? "microphone" : "camera")) return;
    try {
      this.adopt(await this.#devices.open({ [kind]: true }));
    } catch (error) {
      this.#tell(kind, troubleOf(error));
    }
  }

  /**
   * @param {Source} source
   * @param {MediaStreamTrack | null} track
   */
  #set(source, track) {
    if (this.#tracks[source] === track) return;
    this.#tracks[source]?.stop();
    this.#tracks[source] = track;
    if (track) {
      track.contentHint = { microphone: "speech", camera: "motion", screen: "detail" }[source];
      // Ended by the browser's own "Stop sharing", or unplugged; our own stop() is not told of.
      track.addEventListener("ended", () => {
        if (this.#tracks[source] === track) this.#lost(source);
      });
    }
    this.#changed();
  }

  /** @param {Source} source */
  #lost(source) {
    const wasOn = source !== "microphone" || this.audio;
    this.#set(source, null);
    if (source === "screen") return;
    const kind = source === "microphone" ? "audio" : "video";
    this.#tell(kind, "unplugged");
    // Another one takes its place, if there is one; if not, the flags say that it is off.
    this.#inTurn(async () => {
      await this.#open(kind);
      if (!wasOn && this.#tracks.microphone) this.#tracks.microphone.enabled = false;
      this.#changed();
    });
  }

  /**
   * @param {"audio" | "video" | "screen"} kind
   * @param {string} code
   */
  #tell(kind, code) {
    this.dispatchEvent(new CustomEvent("trouble", { detail: { kind, code } }));
  }

  #changed() {
    const { audio, video } = this.tracks;
    const shown = [audio, video].filter((track) => track !== null);
    const before = this.stream.getTracks();
    if (shown.length !== before.length || shown.some((track) => !before.includes(track))) {
      // A new stream: what shows the old one notices.
      this.stream = new MediaStream(shown);
    }
    this.dispatchEvent(new Event("change"));
  }
}

