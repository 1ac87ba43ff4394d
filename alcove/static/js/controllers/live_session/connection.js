// @ts-check
import { testConnection } from "live/connection_test";
import { find } from "./page.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("live/protocol").Ice} Ice */

/**
 * Tests the way through the practice's own relay, once the server told it, and says the result.
 *
 * @param {Page} page
 * @returns {import("./page.js").Part}
 */
export function connectionTest(page) {
  const element = page.root.querySelector("[data-test]");
  if (!(element instanceof HTMLElement)) return { render() {} };
  const words = find(element, "[data-test-words]");
  const again = find(element, "[data-test-again]");
  let isDone = false;

  const run = async () => {
    isDone = true;
    again.hidden = true;
    element.dataset.result = "running";
    words.textContent = page.say("test.running");
    const { state } = await testConnection(/** @type {Ice} */ (page.call.ice));
    element.dataset.result = state;
    words.textContent = page.say(`test.${state}`);
    again.hidden = state === "good" || state === "no_relay";
  };
  again.addEventListener("click", run);

  return {
    render() {
      if (!isDone && page.call.ice && page.root.dataset.screen === "ready") run();
    },
  };
}
