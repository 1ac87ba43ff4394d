// @ts-check
import { find } from "./page.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("live/protocol").Message} Message */

/**
 * The messages of the session: those of others, and one's own as they are sent, fail and are sent
 * again. Text is text: nothing in it is taken for markup.
 *
 * @param {Page} page
 * @param {() => boolean} isOpen whether the messages can be seen
 */
export function chat(page, isOpen) {
  const { root, call } = page;
  const log = find(root, "[data-chat-log]");
  const scroll = find(root, "[data-chat-scroll]");
  const form = find(root, "[data-chat-form]");
  const field = /** @type {HTMLTextAreaElement} */ (find(root, "[data-chat-text]"));
  const badge = find(root, "[data-unread]");
  /** @type {Set<number>} */
  const shown = new Set();
  let unread = 0;

  const countUnread = (/** @type {number} */ number) => {
    unread = number;
    badge.hidden = unread === 0;
    badge.textContent = unread ? page.say("message.unread", { count: unread }) : "";
  };

  /**
   * @param {boolean} isOwn
   * @param {string} by
   * @param {string} text
   */
  const write = (isOwn, by, text) => {
    const wasAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    const line = find(page.shape("message"), ".message");
    line.classList.toggle("message--own", isOwn);
    find(line, "[data-by]").textContent = by;
    find(line, "[data-text]").textContent = text;
    log.append(line);
    if (wasAtEnd || isOwn) toEnd();
    return line;
  };

  const toEnd = () => {
    scroll.scrollTop = scroll.scrollHeight;
  };

  /** @param {Message} message */
  const byline = (message) => {
    const name = message.from === call.state.you ? page.say("message.you") : message.name;
    return `${name}, ${page.clock(Date.parse(message.at))}`;
  };

  /** @param {string} text */
  const send = (text) => {
    const line = write(true, page.say("message.you"), text);
    const retry = find(line, "[data-retry]");
    const state = find(line, "[data-state-words]");
    const attempt = async () => {
      retry.hidden = true;
      state.hidden = false;
      state.textContent = page.say("message.sending");
      try {
        settle(line, await call.say(text));
      } catch (error) {
        state.textContent = failure(page, error);
        retry.hidden = false;
      }
    };
    retry.addEventListener("click", () => {
      field.focus();
      attempt();
    });
    attempt();
  };

  /**
   * @param {HTMLElement} line
   * @param {Message} message
   */
  const settle = (line, message) => {
    if (shown.has(message.number)) return line.remove();
    shown.add(message.number);
    find(line, "[data-by]").textContent = byline(message);
    find(line, "[data-state-words]").hidden = true;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    field.focus();
    if (!text) return;
    field.value = "";
    grow(field);
    send(text);
  });
  field.addEventListener("input", () => grow(field));
  field.addEventListener("keydown", (event) => {
    // Not while an input method is composing, where Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    /** @type {HTMLFormElement} */ (form).requestSubmit();
  });

  return {
    /** @param {Message} message */
    receive(message) {
      if (shown.has(message.number)) return;
      shown.add(message.number);
      const isOwn = message.from === call.state.you;
      write(isOwn, byline(message), message.text);
      // What was written before this person came in is no news.
      if (isOwn || isOpen() || root.dataset.screen !== "call") return;
      countUnread(unread + 1);
      page.announce(page.say("message.from", { name: message.name }));
    },
    /** The messages are in sight now. */
    opened() {
      countUnread(0);
      toEnd();
    },
  };
}

/**
 * The reason of a refusal in the server's words, or that it could not be sent.
 *
 * @param {Page} page
 * @param {unknown} error
 */
function failure(page, error) {
  const words = /** @type {{ message?: string }} */ (error).message ?? "";
  return [page.say("message.failed"), words].filter(Boolean).join(" ");
}

/**
 * Lets the field grow with its lines; the stylesheet sets the limit.
 *
 * @param {HTMLTextAreaElement} field
 */
function grow(field) {
  field.rows = Math.min(5, field.value.split("\n").length);
}
