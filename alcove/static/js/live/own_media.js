// @ts-check
import { stop, troubleOf } from "live/devices";

/**
 * What this person sends: microphone, camera or screen, each opened and closed by itself.
 *
 * Events: `change` (tracks or flags changed), `trouble` (detail: {kind, code}).
 *
 * @typedef {import("live/devices").Devices} Devices
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
    /** Shown to the person: their camera or screen. */
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
   * Takes over what the device check has opened.
   *
   * @param {MediaStream} stream
   */
  adopt(stream) {
    for (const track of stream.getTracks()) {
      if (track.kind === "audio") this.setMicrophone(track);
      else this.setCamera(track);
    }
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
      if (troubleOf(error) !== "denied") this.trouble("screen", error);
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
    } catch (error) {
      this.trouble(kind, error);
    }
    this.changed();
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
    this.dispatchEvent(new CustomEvent("trouble", { detail: { kind, code: "unplugged" } }));
    if (kind === "audio") this.microphone = null;
    else this.setCamera(null);
    await this.open(kind);
  }

  showOwn() {
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
    const shown = this.screen ?? this.camera;
    if (shown) this.stream.addTrack(shown);
  }

  /**
   * @param {string} kind
   * @param {unknown} error
   */
  trouble(kind, error) {
    this.dispatchEvent(new CustomEvent("trouble", { detail: { kind, code: troubleOf(error) } }));
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }
}
