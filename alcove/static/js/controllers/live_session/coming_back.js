// @ts-check
/**
 * A page that is loaded again while its person was in comes back into the call by itself, with
 * microphone and camera as they were. Kept for the tab, and for one session.
 */

/** @typedef {import("./page.js").Page} Page */

const KEPT = "live:inside";

/**
 * @param {Page} page
 * @param {{ open: (wanted: { audio: boolean, video: boolean }) => Promise<void>,
 *   enter: (takeOver: boolean) => void }} check
 * @param {boolean} isKnown whether this tab is the one that was inside, and no copy of it
 */
export function comingBack(page, check, isKnown) {
  const { root, call } = page;
  const code = root.dataset.code ?? "";
  const before = isKnown ? recall(code) : null;

  return {
    wasInside: Boolean(before),
    /** Opens what was on, and joins. */
    async comeBack() {
      if (!before) return;
      const { audio, video, takeOver } = before;
      if (audio || video) await check.open({ audio: true, video });
      if (!audio) await call.setAudio(false);
      if (!takeOver) check.enter(false);
      else if (call.state.signalling === "open") check.enter(true);
      else call.signalling.addEventListener("state", () => check.enter(true), { once: true });
    },
    /** @param {import("./page.js").State} state */
    render({ mine }) {
      const screen = root.dataset.screen;
      if (screen === "waiting" || screen === "call") {
        keep({ code, audio: mine.audio, video: mine.video, takeOver: false });
      } else if (screen !== "ready") {
        sessionStorage.removeItem(KEPT);
      }
    },
    /** Loads the page anew and takes the session over from the other device. */
    takeOver() {
      keep({
        code,
        audio: root.dataset.modality !== "chat",
        video: root.dataset.modality === "video",
        takeOver: true,
      });
      location.reload();
    },
  };
}

/** @param {{ code: string, audio: boolean, video: boolean, takeOver: boolean }} inside */
function keep(inside) {
  sessionStorage.setItem(KEPT, JSON.stringify(inside));
}

/** @param {string} code */
function recall(code) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  return kept?.code === code
    ? /** @type {{ audio: boolean, video: boolean, takeOver: boolean }} */ (kept)
    : null;
}
