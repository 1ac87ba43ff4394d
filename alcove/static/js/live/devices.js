// @ts-check
/**
 * The person's own camera, microphone and speaker, and which of them they chose last time.
 *
 * Events: `change` when devices were plugged in or out.
 *
 * @typedef {"audioinput" | "videoinput" | "audiooutput"} Kind
 * @typedef {"denied" | "missing" | "busy" | "insecure" | "unknown"} Trouble
 */

const REMEMBERED = "live:devices";

/** @type {MediaTrackConstraints} */
const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
/** @type {MediaTrackConstraints} */
const PICTURE = {
  width: { ideal: 640, max: 1280 },
  height: { ideal: 360, max: 720 },
  frameRate: { ideal: 30, max: 30 },
};

export class Devices extends EventTarget {
  #storage;
  /** What stood in the way of the last opening. @type {Trouble | null} */
  problem = null;

  /** @param {{ storage: Storage }} options */
  constructor({ storage }) {
    super();
    this.#storage = storage;
    /** Ids by kind, as chosen here or the last time. @type {Partial<Record<Kind, string>>} */
    this.chosen = recall(storage);
    navigator.mediaDevices?.addEventListener("devicechange", () =>
      this.dispatchEvent(new Event("change")),
    );
  }

  /**
   * Opens what is asked for, the remembered devices first.
   *
   * @param {{ audio?: boolean, video?: boolean }} wanted
   * @returns {Promise<MediaStream>} rejects as `getUserMedia` does; `problem` then says why
   */
  async open({ audio = false, video = false }) {
    this.problem = null;
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "SecurityError");
      return await this.#ask(audio, video);
    } catch (error) {
      this.problem = troubleOf(error);
      throw error;
    }
  }

  /**
   * The devices of a kind; without names until the person has allowed one.
   *
   * @param {Kind} kind
   */
  async list(kind) {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return all.filter((device) => device.kind === kind);
  }

  /**
   * Remembers a choice for the next time.
   *
   * @param {Kind} kind
   * @param {string} id
   */
  choose(kind, id) {
    this.chosen[kind] = id;
    try {
      this.#storage.setItem(REMEMBERED, JSON.stringify(this.chosen));
    } catch {
      // Storage can be full or forbidden: the choice then lasts as long as the page.
    }
  }

  /**
   * Plays a short chord, so that the person hears where sound comes out.
   *
   * @param {string} [speaker] an audiooutput's id
   */
  async testSound(speaker = this.chosen.audiooutput) {
    const audio = new AudioContext();
    // Only some browsers can send a context elsewhere; the others use the system's choice.
    const sink = /** @type {{ setSinkId?: (id: string) => Promise<void> }} */ (audio);
    if (speaker && sink.setSinkId) await sink.setSinkId(speaker).catch(() => {});
    const gain = audio.createGain();
    gain.gain.setValueAtTime(0.0001, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.2, audio.currentTime + 0.05);
    gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 1.2);
    gain.connect(audio.destination);
    for (const pitch of [392, 494, 587]) {
      const tone = audio.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(gain);
      tone.start();
      tone.stop(audio.currentTime + 1.3);
    }
    await new Promise((done) => setTimeout(done, 1_400));
    await audio.close();
  }

  /**
   * @param {boolean} audio
   * @param {boolean} video
   */
  async #ask(audio, video) {
    const { audioinput, videoinput } = this.chosen;
    const open = (/** @type {boolean} */ asRemembered) =>
      navigator.mediaDevices.getUserMedia({
        audio: audio && { ...VOICE, ...(asRemembered && exactly(audioinput)) },
        video: video && {
          ...PICTURE,
          ...((asRemembered && exactly(videoinput)) || { facingMode: { ideal: "user" } }),
        },
      });
    try {
      return await open(true);
    } catch (error) {
      // A remembered device that is gone or in use must not stand in the way of another.
      const mayHelp = (audio && audioinput) || (video && videoinput);
      if (!mayHelp || troubleOf(error) === "denied") throw error;
      return await open(false);
    }
  }
}

/** @param {string | undefined} id */
function exactly(id) {
  return id ? { deviceId: { exact: id } } : null;
}

/**
 * What stands in the way, in the words of this product.
 *
 * @param {unknown} error what `open` rejected with
 * @returns {Trouble}
 */
export function troubleOf(error) {
  if (!globalThis.isSecureContext) return "insecure";
  const name = error instanceof DOMException || error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "unknown";
}

/**
 * Ends every track of a stream: lights go off.
 *
 * @param {MediaStream | null} stream
 */
export function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/**
 * @param {Storage} storage
 * @returns {Partial<Record<Kind, string>>}
 */
function recall(storage) {
  try {
    return JSON.parse(storage.getItem(REMEMBERED) ?? "{}") ?? {};
  } catch {
    return {};
  }
}
