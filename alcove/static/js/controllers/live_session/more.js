// @ts-check
import { find, findAll, onClick } from "./page.js";
import { troubleHelp } from "./trouble.js";

/** @typedef {import("./page.js").Page} Page */

const LEVELS = ["chat", "audio", "video"];

/**
 * What is not needed at every moment: levels, picture in picture, full screen, the code to
 * compare, a device that did not start, a problem report.
 *
 * @param {Page} page
 * @param {{ pictureToFloat: () => HTMLVideoElement | undefined,
 *   setLevel: (level: string) => void }} acts
 * @returns {import("./page.js").Part}
 */
export function more(page, acts) {
  const { root } = page;
  const panel = find(root, '[data-panel-name="more"]');
  const picture = panel.querySelector("[data-picture]");
  const full = panel.querySelector("[data-full-screen]");

  onClick(panel, "[data-set-level]", (button) => acts.setLevel(button.dataset.setLevel ?? ""));
  onClick(panel, "[data-picture]", async () => {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await acts.pictureToFloat()?.requestPictureInPicture();
  });
  onClick(panel, "[data-full-screen]", async () => {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  });
  document.addEventListener("fullscreenchange", () => {
    full?.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
  });
  const pressPicture = () => {
    picture?.setAttribute("aria-pressed", String(Boolean(document.pictureInPictureElement)));
  };
  root.addEventListener("enterpictureinpicture", pressPicture);
  root.addEventListener("leavepictureinpicture", pressPicture);
  report(page, panel);
  const help = root.dataset.modality === "chat" ? null : deviceHelp(page, panel);

  return {
    render(state) {
      help?.render(state);
      closeEmptyPicture(root);
      // A tile that is gone tells nobody of its leaving.
      pressPicture();
      const now = LEVELS.indexOf(state.level);
      const most = LEVELS.indexOf(root.dataset.modality ?? "chat");
      for (const button of findAll(panel, "[data-set-level]")) {
        const level = LEVELS.indexOf(button.dataset.setLevel ?? "");
        button.hidden = level === now || level > most;
        const words = button.querySelector("[data-level-words]");
        if (words) {
          words.textContent =
            (level > now ? button.dataset.wordsUp : button.dataset.wordsDown) ?? "";
        }
      }
      if (picture instanceof HTMLElement) {
        picture.hidden = !document.pictureInPictureEnabled || !acts.pictureToFloat();
      }
      for (const part of findAll(panel, "[data-needs-sound]")) part.hidden = now === 0;
      if (full instanceof HTMLElement) full.hidden = !document.fullscreenEnabled;
      showCode(panel, state.safetyCode);
    },
  };
}

/**
 * Explains a device that did not start in the call, as the device check does before it.
 *
 * @param {Page} page
 * @param {HTMLElement} panel
 * @returns {import("./page.js").Part}
 */
function deviceHelp(page, panel) {
  const { call } = page;
  /** @type {"audio" | "video"} */
  let medium = "audio";
  let problem = "";
  const help = troubleHelp(panel, () => {
    if (medium === "audio") call.setAudio(true);
    else call.setVideo(true);
  });
  call.addEventListener("notice", (event) => {
    const { code, kind, trouble } = /** @type {CustomEvent} */ (event).detail;
    // Another device takes the place of one that was unplugged; if it does not, that is told too.
    if (code !== "trouble" || kind === "screen" || trouble === "unplugged") return;
    medium = kind;
    problem = trouble;
    help.show(problem);
  });
  return {
    render({ mine }) {
      if (problem && mine[medium]) {
        problem = "";
        help.show(problem);
      }
    },
  };
}

/**
 * Closes the floating picture when there is nothing in it any more.
 *
 * @param {HTMLElement} root
 */
function closeEmptyPicture(root) {
  const floating = document.pictureInPictureElement;
  if (!floating) return;
  const tile = floating.closest(".live-tile");
  const isShown = tile instanceof HTMLElement && tile.dataset.video !== "off";
  if (isShown && floating.isConnected && root.dataset.screen === "call") return;
  document.exitPictureInPicture().catch(() => {});
}

/**
 * @param {HTMLElement} panel
 * @param {string | null} digits
 */
function showCode(panel, digits) {
  const code = panel.querySelector("[data-safety-code]");
  if (!(code instanceof HTMLElement)) return;
  code.hidden = !digits;
  if (code.textContent !== (digits ?? "")) code.textContent = digits ?? "";
  find(panel, "[data-safety-none]").hidden = Boolean(digits);
}

/**
 * @param {Page} page
 * @param {HTMLElement} panel
 */
function report(page, panel) {
  const form = /** @type {HTMLFormElement} */ (find(panel, "[data-report]"));
  const state = find(form, "[data-report-state]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new FormData(form);
    state.textContent = "";
    if (page.call.state.signalling !== "open") {
      state.textContent = page.say("problem.failed");
      return;
    }
    page.call.report(String(given.get("kind")), String(given.get("words")));
  });
  page.call.addEventListener("notice", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.code !== "noted") return;
    state.textContent = page.say("problem.sent");
    form.reset();
  });
}
