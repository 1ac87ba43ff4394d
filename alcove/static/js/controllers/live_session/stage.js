// @ts-check
import { find, findAll } from "./page.js";
import { tile } from "./tile.js";

/** @typedef {import("./page.js").Page} Page */

/**
 * The others' tiles, one's own small picture, and what stands there while nobody else is here.
 *
 * @param {Page} page
 * @param {(isSilent: boolean) => void} showSilence
 */
export function stage(page, showSilence) {
  const { root } = page;
  const list = find(root, "[data-tiles]");
  const nobody = find(root, "[data-nobody]");
  const words = find(nobody, "[data-nobody-words]");
  const call = find(root, '[data-part="call"]');
  let wasThere = false;
  /** @type {Map<string, ReturnType<typeof tile>>} */
  const tiles = new Map();
  let speaker = "";

  /** @param {HTMLVideoElement} video */
  const useSpeaker = (video) => {
    // Absent in Safari: there the device's own setting holds.
    if (!("setSinkId" in video)) return;
    // One that was unplugged gives way to the usual one.
    video.setSinkId(speaker).catch(() => video.setSinkId("").catch(() => {}));
  };

  return {
    /** @param {import("./page.js").State} state */
    render(state) {
      call.dataset.level = state.level;
      const there = Object.values(state.people).filter(
        (person) => person.state === "here" || person.state === "away",
      );
      for (const [role, one] of tiles) {
        if (there.some((person) => person.role === role)) continue;
        one.video.srcObject = null;
        one.element.remove();
        tiles.delete(role);
      }
      for (const person of there) {
        let one = tiles.get(person.role);
        if (!one) {
          one = tile(page, showSilence);
          tiles.set(person.role, one);
          list.append(one.element);
          if (speaker) useSpeaker(one.video);
        }
        one.show(person);
      }
      list.hidden = there.length === 0;
      list.dataset.count = String(there.length);
      nobody.hidden = there.length > 0;
      wasThere ||= there.length > 0;
      const said = page.say(wasThere ? "nobody.now" : "nobody.yet");
      if (words.textContent !== said) words.textContent = said;
      if (state.level === "chat") showSilence(false);
      showSelf(root, state);
    },
    /** Plays all sound; to be called from a tap, when the browser kept it off. */
    hearAll() {
      for (const one of tiles.values()) one.hear().catch(() => {});
    },
    /** @param {string} id the speaker for all tiles, present and to come */
    setSpeaker(id) {
      speaker = id;
      for (const one of tiles.values()) useSpeaker(one.video);
    },
    /** The picture that may float above other windows: a shared screen before a face. */
    pictureToFloat() {
      const shown = [...tiles.values()].filter((one) => one.element.dataset.video !== "off");
      return (shown.find((one) => one.element.dataset.video === "screen") ?? shown[0])?.video;
    },
  };
}

/**
 * @param {HTMLElement} root
 * @param {import("./page.js").State} state
 */
function showSelf(root, state) {
  const { mine } = state;
  const hasPicture = Boolean(mine.stream?.getVideoTracks().length) && (mine.video || mine.screen);
  for (const element of findAll(root, "[data-self-video], [data-preview-video]")) {
    const video = /** @type {HTMLVideoElement} */ (element);
    video.hidden = !hasPicture;
    video.dataset.mirrored = String(!mine.screen);
    if (video.srcObject !== mine.stream) video.srcObject = mine.stream;
  }
  for (const self of findAll(root, "[data-self]")) {
    self.dataset.video = hasPicture ? "on" : "off";
    find(self, "[data-self-muted]").hidden = mine.audio;
  }
}
