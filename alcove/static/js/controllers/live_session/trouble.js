// @ts-check
import { browserAtHand } from "./browser.js";
import { find, findAll, onClick } from "./page.js";

/**
 * What is wrong with a device and how to mend it in the browser at hand: the help of
 * `live/_permissions.html`, wherever a screen has it.
 *
 * @param {HTMLElement} part
 * @param {() => void} tryAgain
 */
export function troubleHelp(part, tryAgain) {
  const help = find(part, "[data-problems]");
  for (const line of findAll(help, `[data-browser="${browserAtHand()}"]`)) line.hidden = false;
  onClick(help, "[data-try-again]", tryAgain);
  return {
    /** @param {string} problem a trouble of `live/devices`; empty when there is none */
    show(problem) {
      help.hidden = !problem;
      for (const words of findAll(help, "[data-problem]")) {
        words.hidden = words.dataset.problem !== problem;
      }
    },
  };
}
