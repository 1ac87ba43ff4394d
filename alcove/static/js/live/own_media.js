// @ts-check
import { stop } from "./devices.js";

/**
 * What this person sends: microphone, camera or screen, each opened and closed by itself.
 *
 * Opening rejects as `getUserMedia` does. Events: `change` (tracks or flags changed), `unplugged`
 * (detail: "audio" or "video").
 *
 * @typedef {import("./devices.js").Devices} Devices
 */

export class OwnMedia extends EventTarget {
  /** @param {{devices: Devices}} options */
  constructor({ devices }) {
    super();
    this.devices = devices;
    /** @type {MediaStreamTrack | null} */
    this.microphone = null;
    /** @type {MediaStreamTrack | null} */
    this.camera = null;
    /** @type {MediaStreamTrack | null} */
    this.screen = null;
    /** For the person's own eyes: microphone, and screen or camera. */
    this.stream = new MediaStream();
    this.isClosed = false;
  }

  /** Whether the microphone is open and not muted. */
  get audio() {
    return Boolean(this.microphone?.enabled && this.microphone.readyState === "live");
  }

  get video() {
    return Boolean(this.camera);
  }

  get sharesScreen() {
    return Boolean(this.screen);
  }

  /** What the peers send: the screen goes where the camera went. */
  get tracks() {
    return { audio: this.microphone, video: this.screen ?? this.camera };
  }

  /**
   * Opens what is asked for, both at once: the browser then asks once.
   *
   * @param {{audio: boolean, video: boolean}} wanted
   */
  async begin(wanted) {
    const stream = await this.devices.open(wanted);
    if (this.isClosed) return stop(stream);
    this.setMicrophone(stream.getAudioTracks()[0] ?? null);
    this.setCamera(stream.getVideoTracks()[0] ?? null);
    this.changed();
  }

  /** @param {boolean} on */
  async setAudio(on) {
    if (this.microphone && this.microphone.readyState === "live") {
      this.microphone.enabled = on;
      this.changed();
    } else if (on) {
      await this.open("audio");
    }
  }

  /** @param {boolean} on */
  async setVideo(on) {
    if (!on) this.setCamera(null);
    else if (!this.camera) return this.open("video");
    this.changed();
  }

  /** @param {boolean} on */
  async shareScreen(on) {
    if (!on) {
      this.setScreen(null);
      this.changed();
      return;
    }
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 15 } });
      if (this.isClosed) return stop(stream);
      this.setScreen(stream.getVideoTracks()[0] ?? null);
      this.changed();
    } catch (error) {
      // Closing the browser's own chooser is an answer, not a trouble.
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") throw error;
    }
  }

  /**
   * Opens one device, replacing what was there.
   *
   * @param {"audio" | "video"} kind
   */
  async open(kind) {
    try {
      const stream = await this.devices.open({ [kind]: true });
      if (this.isClosed) return stop(stream);
      const track = stream.getTracks()[0];
      if (kind === "audio") this.setMicrophone(track);
      else this.setCamera(track);
    } finally {
      this.changed();
    }
  }

  /**
   * Changes to another device of a kind that is in use.
   *
   * @param {"audioinput" | "videoinput"} kind
   */
  async reopen(kind) {
    if (kind === "videoinput" && this.camera) {
      // Some phones cannot open one camera while the other still runs.
      this.setCamera(null);
      await this.open("video");
    }
    if (kind === "audioinput" && this.microphone) {
      const wasOn = this.microphone.enabled;
      await this.open("audio");
      if (this.microphone) this.microphone.enabled = wasOn;
      this.changed();
    }
  }

  /** Ends camera and screen: the session goes on by sound. */
  dropPicture() {
    this.setCamera(null);
    this.setScreen(null);
    this.changed();
  }

  /** Ends everything: the session goes on in writing, or is over. */
  dropAll() {
    this.setMicrophone(null);
    this.dropPicture();
  }

  close() {
    this.dropAll();
    this.isClosed = true;
  }

  /** @param {MediaStreamTrack | null} track */
  setMicrophone(track) {
    this.microphone?.stop();
    this.microphone = track;
    track?.addEventListener("ended", () => {
      if (this.microphone === track) this.unplugged("audio");
    });
    this.showOwn();
  }

  /** @param {MediaStreamTrack | null} track */
  setCamera(track) {
    this.camera?.stop();
    this.camera = track;
    track?.addEventListener("ended", () => {
      if (this.camera === track) this.unplugged("video");
    });
    this.showOwn();
  }

  /** @param {MediaStreamTrack | null} track */
  setScreen(track) {
    this.screen?.stop();
    this.screen = track;
    // The browser's own "Stop sharing" button.
    track?.addEventListener("ended", () => {
      if (this.screen !== track) return;
      this.setScreen(null);
      this.changed();
    });
    this.showOwn();
  }

  /**
   * A device went away while in use: another one takes its place, if there is one.
   *
   * @param {"audio" | "video"} kind
   */
  async unplugged(kind) {
    if (kind === "audio") this.setMicrophone(null);
    else this.setCamera(null);
    this.dispatchEvent(new CustomEvent("unplugged", { detail: kind }));
    // Without another one the flags say that nothing is sent.
    await this.open(kind).catch(() => {});
  }

  showOwn() {
    const shown = [this.microphone, this.screen ?? this.camera];
    for (const track of this.stream.getTracks()) {
      if (!shown.includes(track)) this.stream.removeTrack(track);
    }
    for (const track of shown) {
      if (track) this.stream.addTrack(track);
    }
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }
}
