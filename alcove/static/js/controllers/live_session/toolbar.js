// @ts-check
import { find, findAll, onClick } from "./page.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {"audio" | "video" | "screen"} Medium */

const STORED = "live:shortcuts";

/**
 * Microphone, camera, screen and leaving, wherever a screen has their buttons; and the shortcuts.
 *
 * @param {Page} page
 * @param {{ openChat: () => void, leave: () => void }} acts
 * @returns {import("./page.js").Part}
 */
export function toolbar(page, acts) {
  const { root, call } = page;
  const canShare = Boolean(navigator.mediaDevices?.getDisplayMedia);
  /** @type {Set<Medium>} */
  const busy = new Set();

  /** @param {Medium} medium */
  const toggle = async (medium) => {
    if (busy.has(medium)) return;
    busy.add(medium);
    const on = !call.state.mine[medium];
    if (medium === "screen") await call.shareScreen(on);
    else if (medium === "audio") await call.setAudio(on);
    else await call.setVideo(on);
    busy.delete(medium);
    // What did not start is told by the call's notice.
    if (call.state.mine[medium] !== on) return;
    page.announce(page.say(`mine.${medium}.${on ? "on" : "off"}`));
  };

  onClick(root, "[data-toggle]", (button) =>
    toggle(/** @type {Medium} */ (button.dataset.toggle)),
  );
  onClick(root, "[data-leave]", acts.leave);
  shortcuts(root, {
    KeyM: () => toggle("audio"),
    KeyV: () => toggle("video"),
    KeyC: acts.openChat,
  });

  return {
    render(state) {
      const inCall = root.dataset.screen === "call";
      for (const button of findAll(root, "[data-toggle]")) {
        const medium = /** @type {Medium} */ (button.dataset.toggle);
        button.setAttribute("aria-pressed", String(state.mine[medium]));
        if (!button.closest('[data-part="call"]')) continue;
        button.hidden =
          inCall &&
          (state.level === "chat" ||
            (state.level === "audio" && medium !== "audio") ||
            (medium === "screen" && !canShare));
      }
    },
  };
}

/**
 * Alt with a letter, by the key's place on the keyboard; off in fields, where Alt writes letters,
 * and wholly where the person switched them off (WCAG 2.1.4).
 *
 * @param {HTMLElement} root
 * @param {Record<string, () => void>} acts
 */
function shortcuts(root, acts) {
  const choice = /** @type {HTMLInputElement} */ (find(root, "[data-shortcuts]"));
  choice.checked = localStorage.getItem(STORED) !== "off";
  choice.addEventListener("change", () => {
    localStorage.setItem(STORED, choice.checked ? "on" : "off");
  });
  document.addEventListener("keydown", (event) => {
    const act = acts[event.code];
    if (!act || !choice.checked || root.dataset.screen !== "call") return;
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat) return;
    if (event.target instanceof Element && event.target.matches("input, textarea, select")) return;
    const keys = `Alt+${event.code.slice(3)}`;
    const button = root.querySelector(`[data-part="call"] [aria-keyshortcuts="${keys}"]`);
    if (!(button instanceof HTMLElement)) return;
    // Where the session is a chat, its button is gone and the chat itself is there.
    if (button.hidden && button.dataset.openPanel !== "chat") return;
    event.preventDefault();
    act();
  });
}
