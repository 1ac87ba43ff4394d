// @ts-check
import { ask, register, registered } from "lib/worker";

/**
 * Keeps the coming sessions readable on this device without a connection, where its person wants
 * that. Shows the one `data-state` that holds; without scripts the first stands. `data-reader` is
 * the mark of who is signed in.
 *
 * @param {HTMLElement} element
 */
export async function connect(element) {
  const reader = element.dataset.reader ?? "";

  /** @param {string} name */
  const show = (name) => {
    for (const state of element.querySelectorAll("[data-state]")) {
      if (state instanceof HTMLElement) state.hidden = state.dataset.state !== name;
    }
  };

  element.querySelector("[data-keep]")?.addEventListener("click", async () => {
    try {
      show((await ask(await register(), "keepSessions", reader)) ? "kept" : "failed");
    } catch {
      show("failed");
    }
  });
  element.querySelector("[data-drop]")?.addEventListener("click", async () => {
    await ask(await registered(), "dropSessions");
    show("not-kept");
  });

  if (!navigator.serviceWorker) show("unsupported");
  else show((await ask(await registered(), "keepsSessions")) ? "kept" : "not-kept");
}
