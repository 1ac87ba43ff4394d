// @ts-check
import { token } from "live/protocol";

/**
 * Words on their way to the server: kept until it has them, and sent again over each new socket.
 * The same id has no second effect there.
 *
 * @typedef {import("live/protocol").Message} Message
 * @typedef {{ text: string, done: (message: Message) => void, fail: (error: Refusal) => void }} Unsent
 */

/** The server's no, in its words for the person. */
export class Refusal extends Error {
  /** @param {{ code: string, message?: string }} error */
  constructor({ code, message = "" }) {
    super(message);
    this.code = code;
  }
}

export class Outbox {
  #send;
  /** @type {Map<string, Unsent>} */
  #unsent = new Map();

  /** @param {(id: string, text: string) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * @param {string} text
   * @returns {Promise<Message>} rejects with a Refusal
   */
  say(text) {
    const id = token();
    return new Promise((done, fail) => {
      this.#unsent.set(id, { text, done, fail });
      this.#send(id, text);
    });
  }

  /** Sends what the server does not have yet, in the order of writing. */
  sendAgain() {
    for (const [id, { text }] of this.#unsent) this.#send(id, text);
  }

  /** @param {Message} message */
  receive(message) {
    if (message.id) this.#take(message.id)?.done(message);
  }

  /**
   * Whether these words were waited for.
   *
   * @param {string} id
   * @param {{ code: string, message: string }} error
   */
  refuse(id, error) {
    const found = this.#take(id);
    found?.fail(new Refusal(error));
    return Boolean(found);
  }

  close() {
    for (const id of [...this.#unsent.keys()]) this.refuse(id, { code: "closed", message: "" });
  }

  /** @param {string} id */
  #take(id) {
    const found = this.#unsent.get(id);
    this.#unsent.delete(id);
    return found;
  }
}
