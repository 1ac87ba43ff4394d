// @ts-check
import { find, findAll, isVisible, onClick } from "./page.js";

/** @typedef {import("./page.js").Page} Page */

/**
 * Chat and More: beside the stage on wide screens, over it on phones; one at a time. In a session
 * that is only a chat, the chat is the main thing and always there.
 *
 * @param {Page} page
 * @param {(name: string) => void} onOpen
 */
export function panels(page, onOpen) {
  const { root } = page;
  const call = find(root, '[data-part="call"]');
  let open = "";
  let wasChat = false;

  const show = () => {
    const isChat = call.dataset.level === "chat";
    // What would lie over the chat, on phones, gives way to it.
    if (isChat && !wasChat) open = "";
    const givesFocus = isChat && !wasChat && call.contains(document.activeElement);
    wasChat = isChat;
    call.dataset.panel = open;
    for (const panel of findAll(call, "[data-panel-name]")) {
      const name = panel.dataset.panelName ?? "";
      const isOpen = name === open || (name === "chat" && isChat);
      if (panel.hidden === isOpen) panel.hidden = !isOpen;
    }
    for (const button of findAll(call, "[data-open-panel]")) {
      button.setAttribute("aria-expanded", String(button.dataset.openPanel === open));
      button.hidden = isChat && button.dataset.openPanel === "chat";
    }
    if (givesFocus && !isVisible(/** @type {HTMLElement} */ (document.activeElement))) write();
  };

  /** The way to write, where the chat is always there. */
  const write = () => find(call, "[data-chat-text]").focus();

  /** @param {string} name */
  const toggle = (name) => {
    if (name === "chat" && wasChat) return write();
    const wasOpen = open;
    open = open === name ? "" : name;
    show();
    if (!open) return back(wasOpen);
    onOpen(open);
    find(call, `[data-panel-name="${open}"] [tabindex="-1"]`).focus();
  };

  /** @param {string} name */
  const back = (name) => {
    const button = find(call, `[data-open-panel="${name}"]`);
    (button.hidden ? find(call, "[data-screen-title]") : button).focus();
  };

  onClick(call, "[data-open-panel]", (button) => toggle(button.dataset.openPanel ?? ""));
  onClick(call, "[data-close-panel]", () => open && toggle(open));
  call.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open) {
      event.preventDefault();
      toggle(open);
    }
  });
  fitKeyboard(call);

  return {
    render: show,
    /** @param {string} name */
    toggle,
    /** @param {string} name */
    isOpen: (name) => {
      const panel = find(call, `[data-panel-name="${name}"]`);
      return !panel.hidden && root.dataset.screen === "call";
    },
  };
}

/**
 * Keeps the call inside what the on-screen keyboard leaves; iPhones do not shrink the page for it.
 *
 * @param {HTMLElement} call
 */
function fitKeyboard(call) {
  const view = window.visualViewport;
  if (!view) return;
  view.addEventListener("resize", () => {
    const isCovered = window.innerHeight - view.height > 120 && view.scale === 1;
    if (isCovered) call.style.setProperty("--visible-height", `${view.height}px`);
    else call.style.removeProperty("--visible-height");
  });
}
