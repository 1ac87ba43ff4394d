// @ts-check
/**
 * The form of a room: sends without leaving the page, and keeps what was begun.
 *
 *   <form data-controller="submit_once message_form" data-draft="…" data-unsent="…">
 *
 * What the server does not take at once, the browser sends again as a plain form, whose answer says
 * what to mend. The key of the form makes a repeat harmless.
 */
import { post, postLast } from "lib/post";

const DRAFT_AFTER = 1200;

/** @param {HTMLElement} element */
export function connect(element) {
  new MessageForm(/** @type {HTMLFormElement} */ (element));
}

class MessageForm {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
    this.files = /** @type {HTMLInputElement} */ (form.elements.namedItem("attachments"));
    this.key = /** @type {HTMLInputElement} */ (form.elements.namedItem("idempotency_key"));
    this.state = /** @type {HTMLElement} */ (form.querySelector("[data-message-state]"));
    /** What the server keeps as the draft. */
    this.kept = this.text.defaultValue;
    this.timer = 0;
    this.isSending = false;
    /** The note of a draft that is under way, or the last one. */
    this.keeping = Promise.resolve(true);
    // In the capturing phase: before the controller that lets a form be sent once.
    form.addEventListener("submit", (event) => this.#submit(event), { capture: true });
    this.text.addEventListener("input", () => this.#type());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    addEventListener("pagehide", () => {
      if (this.isSending || this.text.value === this.kept) return;
      postLast(form.dataset.draft ?? "", { text: this.text.value });
      this.kept = this.text.value;
    });
    // Typed before this came to life, or put back by the browser.
    if (this.text.value !== this.kept) this.#type();
  }

  #type() {
    this.state.textContent = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#keep(), DRAFT_AFTER);
  }

  async #keep() {
    const words = this.text.value;
    if (this.isSending || words === this.kept) return;
    this.keeping = post(this.form.dataset.draft ?? "", { text: words });
    if (await this.keeping) this.kept = words;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isSending) return;
    this.isSending = true;
    // Pictures take their time.
    this.state.textContent = this.files.files?.length ? (this.form.dataset.sending ?? "") : "";
    clearTimeout(this.timer);
    // A draft that overtook its message would come back as a ghost of it.
    await this.keeping;
    const words = this.text.value;
    try {
      const response = await fetch(this.form.action, {
        method: "POST",
        body: new FormData(this.form),
        redirect: "manual",
      });
      // Taken: the server leads on to the page. Anything else is for its own page to say.
      if (response.type === "opaqueredirect") this.#sent(words);
      else this.form.submit();
    } catch {
      this.state.textContent = this.form.dataset.unsent ?? "";
    } finally {
      this.isSending = false;
    }
  }

  /** @param {string} words What was sent; more may have been typed since. */
  #sent(words) {
    this.files.value = "";
    this.text.value = this.text.value === words ? "" : this.text.value.slice(words.length);
    this.kept = "";
    if (this.text.value) this.#type();
    this.key.value = newKey();
    this.state.textContent = this.form.dataset.sent ?? "";
    document.querySelector('[data-controller~="room"]')?.dispatchEvent(new Event("room:look"));
  }
}

/** A key for the next message; `crypto.randomUUID` is missing where a page has no TLS. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
