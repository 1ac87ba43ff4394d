// @ts-check
import { meter } from "live/level_meter";
import { find, findAll, isVisible, onClick } from "./page.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("live/devices").Kind} Kind */

/**
 * The choices of devices, wherever a screen has them, and the moving level of the microphone.
 *
 * @param {Page} page
 * @param {{ setSpeaker: (id: string) => void }} acts
 */
export function deviceChoice(page, acts) {
  const { root, call } = page;
  const selects = /** @type {HTMLSelectElement[]} */ (findAll(root, "select[data-device]"));

  for (const select of selects) {
    select.addEventListener("change", async () => {
      const kind = /** @type {Kind} */ (select.dataset.device);
      if (kind === "audiooutput") acts.setSpeaker(select.value);
      await call.useDevice(kind, select.value);
      fill();
    });
  }
  testSound(page);
  call.devices.addEventListener("change", () => fill());

  /** Fills every select anew; labels are known only once the browser allowed a device. */
  const fill = async () => {
    if (!selects.length) return;
    for (const select of selects) {
      const kind = /** @type {Kind} */ (select.dataset.device);
      const found = (await call.devices.list(kind)).filter((one) => one.deviceId);
      const options = found.map((one, index) => {
        const label = one.label || page.say("device.some", { number: index + 1 });
        return new Option(label, one.deviceId);
      });
      if (kind === "audiooutput" && !found.some((one) => one.deviceId === "default")) {
        options.unshift(new Option(page.say("device.usual"), ""));
      }
      select.replaceChildren(...options);
      const chosen = inUse(call, kind);
      if (found.some((one) => one.deviceId === chosen)) select.value = chosen;
      const field = select.closest("[data-device-field]");
      if (field instanceof HTMLElement) field.hidden = !isUseful(kind, found.length);
    }
    acts.setSpeaker(call.devices.chosen.audiooutput ?? "");
  };

  const meters = findAll(root, "[data-meter]").map((element) => levelMeter(page, element));
  return {
    fill,
    render: () => {
      for (const one of meters) one();
    },
  };
}

/**
 * Plays a sound, one at a time, and says what should be heard.
 *
 * @param {Page} page
 */
function testSound({ root, call, say }) {
  let isPlaying = false;
  onClick(root, "[data-test-sound]", async (button) => {
    if (isPlaying) return;
    isPlaying = true;
    const place = button.closest("[data-device-choice]") ?? root;
    const words = find(place, "[data-test-sound-words]");
    words.textContent = say("sound.playing");
    try {
      await call.devices.testSound();
      words.textContent = say("sound.played");
    } catch {
      words.textContent = say("sound.failed");
    }
    isPlaying = false;
  });
}

/**
 * The device that is open, or the one that was chosen last.
 *
 * @param {import("live/call").Call} call
 * @param {Kind} kind
 */
function inUse(call, kind) {
  const { microphone, camera } = call.media;
  const track = { audioinput: microphone, videoinput: camera, audiooutput: null }[kind];
  return track?.getSettings().deviceId ?? call.devices.chosen[kind] ?? "";
}

/**
 * Whether there is anything to choose: Safari and phones let the system choose the speaker.
 *
 * @param {Kind} kind
 * @param {number} count
 */
function isUseful(kind, count) {
  if (kind === "audiooutput") return count > 0 && "setSinkId" in HTMLMediaElement.prototype;
  return count > 0;
}

/**
 * Moves one bar while it is in sight; says once in words that something was heard.
 *
 * @param {Page} page
 * @param {HTMLElement} element
 * @returns {() => void} to be called whenever something may have changed
 */
function levelMeter(page, element) {
  const level = find(element, "[data-meter-level]");
  const words = find(element, "[data-meter-words]");
  /** @type {MediaStreamTrack | null} */
  let track = null;
  let stop = () => {};
  let heard = 0;

  return () => {
    const present = isVisible(element) ? page.call.media.microphone : null;
    if (present === track) return;
    stop();
    stop = () => {};
    track = present;
    heard = 0;
    level.style.removeProperty("--level");
    words.textContent = page.say("meter.ask");
    if (!track) return;
    stop = meter(new MediaStream([track]), (/** @type {number} */ loudness) => {
      level.style.setProperty("--level", loudness.toFixed(2));
      heard += loudness > 0.15 ? 1 : 0;
      if (heard === 5) words.textContent = page.say("meter.heard");
    });
  };
}
