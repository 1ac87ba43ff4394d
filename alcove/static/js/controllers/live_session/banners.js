// @ts-check
import { find, findAll, onClick } from "./page.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").State} State */

/**
 * The strips above the stage: one for each thing, filled when it is there. Each is a live region,
 * so it is read without moving the focus.
 *
 * @param {Page} page
 */
export function banners(page) {
  const { root } = page;

  /**
   * Shows a shape in a banner unless it is there already.
   *
   * @param {string} name
   * @param {string} shape
   * @param {{ words?: string, yes?: () => void, no?: () => void }} [content]
   */
  const show = (name, shape, content = {}) => {
    const banner = find(root, `[data-banner="${name}"]`);
    const key = `${shape} ${content.words ?? ""}`;
    if (banner.dataset.shown === key) return;
    banner.dataset.shown = key;
    const inside = page.shape(shape);
    const words = inside.querySelector("[data-banner-words], [data-who]");
    if (words) words.textContent = content.words ?? "";
    inside.querySelector("[data-yes]")?.addEventListener("click", () => {
      hide(name);
      content.yes?.();
    });
    inside.querySelector("[data-no]")?.addEventListener("click", () => {
      hide(name);
      content.no?.();
    });
    banner.replaceChildren(inside);
  };

  /** @param {string} name */
  const hide = (name) => {
    const banner = find(root, `[data-banner="${name}"]`);
    if (!banner.dataset.shown) return;
    delete banner.dataset.shown;
    keepFocus(root, banner, () => banner.replaceChildren());
  };

  return {
    show,
    hide,
    /** @param {string} name @param {string} words */
    tell: (name, words) => show(name, "plain", { words }),
  };
}

/**
 * Who waits, each with a button; for the person who lets in.
 *
 * @param {Page} page
 * @returns {import("./page.js").Part}
 */
export function waitingList(page) {
  const { root, call } = page;
  const list = find(root, "[data-waiting-list]");
  onClick(list, "[data-admit]", (button) => {
    call.admit(button.dataset.admit ?? "");
  });

  return {
    render(state) {
      const waiting = state.letsIn
        ? Object.values(state.people).filter((person) => person.state === "waiting")
        : [];
      for (const line of findAll(list, "[data-line]")) {
        if (waiting.some((person) => person.role === line.dataset.line)) continue;
        keepFocus(root, line, () => line.remove());
      }
      for (const person of waiting) {
        if (list.querySelector(`[data-line="${person.role}"]`)) continue;
        const line = find(page.shape("waiting"), ".live-banner__line");
        line.dataset.line = person.role;
        find(line, "[data-banner-words]").textContent = page.say("state.waiting", {
          name: person.name,
        });
        find(line, "[data-admit]").dataset.admit = person.role;
        find(line, "[data-admit-name]").textContent = ` ${person.name}`;
        list.append(line);
      }
    },
  };
}

/**
 * What the connection suggests, and what somebody else would like: never done without a tap here.
 *
 * @param {Page} page
 * @param {ReturnType<typeof banners>} banner
 * @param {(level: string) => void} setLevel
 */
export function questions(page, banner, setLevel) {
  const { call } = page;
  let declined = "";
  let raisedBy = "";

  /** @param {State} state */
  const suggest = ({ suggestion, people }) => {
    if (!suggestion) declined = "";
    if (!suggestion || suggestion === declined) return banner.hide("suggestion");
    banner.show("suggestion", `suggest-${suggestion}`, {
      words: suggestion === "chat" ? chatWords(page, people) : "",
      yes: () => setLevel(suggestion),
      no: () => {
        declined = suggestion;
      },
    });
  };

  /** @param {State} state */
  const ask = ({ wants, people }) => {
    if (!wants) return banner.hide("wants");
    const name = people[raisedBy]?.name ?? page.say("somebody");
    banner.show("wants", `wants-${wants}`, {
      words: wants === "video" ? page.say("level.video", { name }) : "",
      yes: () => (wants === "video" ? call.setVideo(true) : call.setAudio(true)),
      no: () => call.decline(),
    });
  };

  return {
    /** @param {State} state */
    render(state) {
      suggest(state);
      ask(state);
    },
    /**
     * Remembers who changed the level, and tells it where nothing else on the page does.
     *
     * @param {string} role
     * @param {string} level
     */
    noteChange(role, level) {
      raisedBy = role;
      if (level !== "video") page.announce(page.say(`level.${level}`));
    },
  };
}

/**
 * Why writing may help: where only some cannot be reached, who they are.
 *
 * @param {Page} page
 * @param {State["people"]} people
 */
function chatWords(page, people) {
  const here = Object.values(people).filter(({ state }) => state === "here");
  const lost = here.filter(({ path }) => path !== "connected");
  if (!lost.length || lost.length === here.length) return page.say("suggest.chat");
  return page.say("suggest.chat.some", { name: lost.map(({ name }) => name).join(", ") });
}

/**
 * Takes something away; a focus inside goes to the title of the screen and not to nowhere.
 *
 * @param {HTMLElement} root
 * @param {HTMLElement} part
 * @param {() => void} remove
 */
function keepFocus(root, part, remove) {
  const hadFocus = part.contains(document.activeElement);
  remove();
  if (hadFocus) find(root, '[data-part="call"] [data-screen-title]').focus();
}
