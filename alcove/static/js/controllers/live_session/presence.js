// @ts-check
import { findAll } from "./page.js";

/** @typedef {import("./page.js").Page} Page */

/**
 * Says in every list of people who is there and how far in they are.
 *
 * @param {Page} page
 * @returns {import("./page.js").Part}
 */
export function presence(page) {
  const lines = findAll(page.root, "[data-presence-of]");
  /** Who was seen inside. @type {Set<string>} */
  const came = new Set();
  return {
    render(state) {
      for (const line of lines) {
        const person = state.people[line.dataset.presenceOf ?? ""];
        if (!person) continue;
        if (person.state === "waiting" || person.state === "here") came.add(person.role);
        line.dataset.state = person.state;
        const words = /** @type {HTMLElement} */ (line.querySelector("[data-presence-words]"));
        const hasLeft = person.state === "absent" && came.has(person.role);
        const said = page.say(`state.${hasLeft ? "gone" : person.state}`, { name: person.name });
        if (words.textContent !== said) words.textContent = said;
      }
    },
  };
}

/**
 * Tells screen readers what others did: came, left, muted, shared.
 *
 * @param {Page} page
 * @returns {import("./page.js").Part}
 */
export function news(page) {
  /** @type {Map<string, { state: string, audio: boolean, video: boolean, screen: boolean }>} */
  const before = new Map();
  return {
    render(state) {
      for (const person of Object.values(state.people)) {
        const { role, name, audio, video, screen } = person;
        const then = before.get(role);
        before.set(role, { state: person.state, audio, video, screen });
        if (!then) continue;
        const tell = (/** @type {string} */ word) => page.announce(page.say(word, { name }));
        if (then.state !== person.state) {
          const word = moved(then.state, person.state);
          if (word) tell(word);
        } else if (person.state === "here") {
          if (then.audio !== audio) tell(audio ? "unmuted" : "muted");
          if (then.screen !== screen) tell(screen ? "screen.on" : "screen.off");
          else if (then.video !== video) tell(video ? "camera.on" : "camera.off");
        }
      }
    },
  };
}

/**
 * The word for a change of a person's state, or nothing for the small ones. Waiting has its banner,
 * which is announced by itself.
 *
 * @param {string} from
 * @param {string} to
 */
function moved(from, to) {
  if (to === "here") return "came";
  if (to === "away") return "lost";
  if (to === "absent" && from !== "door") return "went";
  return "";
}

/**
 * Says that the server is away for a moment while the call goes on, and when it is back.
 *
 * @param {Page} page
 * @returns {import("./page.js").Part}
 */
export function lostSignalling(page) {
  let wasLost = false;
  return {
    render({ signalling }) {
      // While it tries again it is "connecting" for moments: still lost for the person.
      if (signalling === "lost") wasLost = true;
      else if (signalling === "open" && wasLost) {
        wasLost = false;
        page.announce(page.say("connected.again"));
      }
      for (const element of findAll(page.root, "[data-lost]")) element.hidden = !wasLost;
    },
  };
}
