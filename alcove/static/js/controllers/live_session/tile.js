// @ts-check
import { find } from "./page.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").Person} Person */

/**
 * One other person on the stage: picture or initials, name, and their state in icons and words.
 *
 * @param {Page} page
 * @param {(isSilent: boolean) => void} showSilence told when the browser will not play sound before
 *   a tap, and when it does
 */
export function tile(page, showSilence) {
  const element = find(page.shape("tile"), ".live-tile");
  const video = /** @type {HTMLVideoElement} */ (find(element, "video"));

  /** @param {Person} person */
  const show = (person) => {
    const isVideo = page.call.state.level === "video";
    const picture = pictureOf(person);
    element.dataset.video = picture;
    element.dataset.role = person.role;
    find(element, "[data-name]").textContent = person.name;
    find(element, "[data-face]").textContent = initials(person.name);
    attach(person.stream);
    mark("muted", !person.audio && person.state === "here");
    mark("camera", isVideo && picture === "off" && !person.video && !person.screen);
    mark("screen", person.screen);
    mark("quality", Boolean(person.quality) && person.path === "connected");
    element.dataset.quality = person.quality ?? "";
    find(element, "[data-quality-words]").textContent = page.say(`quality.${person.quality}`);
    const state = find(element, "[data-tile-state]");
    state.textContent = stateWords(page, person);
    state.hidden = !state.textContent;
  };

  /**
   * @param {string} name
   * @param {boolean} isShown
   */
  const mark = (name, isShown) => {
    find(element, `[data-mark="${name}"]`).hidden = !isShown;
  };

  /** @param {MediaStream | null} stream */
  const attach = (stream) => {
    if (video.srcObject === stream) return;
    video.srcObject = stream;
    if (stream) hear().catch(() => {});
  };

  /** Plays with sound; where the browser wants a tap first, the picture at least. */
  const hear = async () => {
    // Muted in the template only, where a picture with sound would need captions by the rules.
    video.muted = false;
    try {
      await video.play();
      showSilence(false);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") throw error;
      showSilence(true);
      video.muted = true;
      await video.play();
    }
  };

  return { element, video, show, hear };
}

/**
 * What of a person can be seen: "camera", "screen" or "off".
 *
 * @param {Person} person
 */
function pictureOf(person) {
  const track = person.stream?.getVideoTracks().find((one) => one.readyState === "live");
  if (!track || person.path === "connecting" || person.path === "none") return "off";
  if (person.screen) return "screen";
  return person.video ? "camera" : "off";
}

/**
 * @param {Page} page
 * @param {Person} person
 */
function stateWords(page, person) {
  if (person.state === "away") return page.say("state.away", { name: person.name });
  if (page.call.state.level === "chat") return "";
  if (person.path === "connected") return "";
  if (person.path === "failed") return page.say("path.failed");
  return page.say(
    person.path === "disconnected" || person.path === "restarting"
      ? "path.restarting"
      : "path.connecting",
  );
}

/**
 * The first letters of the first and the last name.
 *
 * @param {string} name
 */
export function initials(name) {
  const names = name.replace(/^\S+\.\s+/, "").split(/\s+/).filter(Boolean);
  const letters = [names[0], names.length > 1 ? names[names.length - 1] : ""];
  return letters.map((one) => [...(one ?? "")][0] ?? "").join("").toUpperCase();
}
