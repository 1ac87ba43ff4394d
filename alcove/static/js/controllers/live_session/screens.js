// @ts-check
import { find, findAll } from "./page.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").State} State */

/**
 * Shows the one screen that fits the state, and leads the focus to its title when it changes.
 *
 * @param {Page} page
 * @returns {import("./page.js").Part}
 */
export function screens(page) {
  const { root } = page;
  return {
    render(state) {
      const screen = screenOf(state, page.call.hasLeft);
      if (root.dataset.screen === screen) return;
      const isFirst = root.dataset.screen === "";
      root.dataset.screen = screen;
      for (const part of findAll(root, "[data-part]")) {
        part.hidden = part.dataset.part !== screen;
      }
      if (screen === "stopped") {
        find(root, "[data-stopped-words]").textContent = state.ending?.message ?? "";
      }
      if (isFirst) return;
      // The button that was pressed is gone with its screen.
      find(root, `[data-part="${screen}"] [data-screen-title]`).focus();
      window.scrollTo(0, 0);
    },
  };
}

/**
 * The name of the screen for this state.
 *
 * @param {State} state
 * @param {boolean} hasLeft
 */
function screenOf(state, hasLeft) {
  const code = state.ending?.code;
  if (code === "over" || code === "replaced") return code;
  if (code) return "stopped";
  if (hasLeft) return "left";
  if (state.mine.state === "waiting") return "waiting";
  if (state.mine.state === "here" || state.mine.state === "away") return "call";
  return "ready";
}
