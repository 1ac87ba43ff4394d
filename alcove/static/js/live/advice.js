// @ts-check
/**
 * When it is time to offer a lower level.
 *
 * @typedef {{ quality: "good" | "fair" | "poor" | null, outage: number }} Standing `outage` is for
 *   how long there has been no path, in milliseconds
 */

const LOOK_EVERY = 1_000;
const POOR_FOR = 10_000;
const LOST_FOR = 15_000;

export class Advice {
  #options;
  #timer;
  /** Since when a path has been poor, by role. @type {Map<string, number>} */
  #poorSince = new Map();

  /**
   * Looks every second, until closed.
   *
   * @param {{ state: import("live/call_state").State, peers: Iterable<[string, Standing]>,
   *   changed: () => void }} options `peers` of everybody, by role; it keeps `suggestion` of `state`
   */
  constructor(options) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY);
  }

  /** Another level: what was poor was poor with the former one. */
  forget() {
    this.#poorSince.clear();
    this.#options.state.suggestion = null;
  }

  close() {
    clearInterval(this.#timer);
  }

  #look() {
    const { state, peers, changed } = this.#options;
    // Who is away cannot be reached by writing either.
    const here = [...peers].filter(([role]) => state.people[role].state === "here");
    const suggestion = this.give(here, state.level, performance.now());
    if (suggestion === state.suggestion) return;
    state.suggestion = suggestion;
    changed();
  }

  /**
   * What would help: without its picture a poor path may carry the voice; where there is no path
   * at all, only words get through.
   *
   * @param {Iterable<[string, Standing]>} peers by role
   * @param {string} level
   * @param {number} now in milliseconds
   * @returns {"audio" | "chat" | null}
   */
  give(peers, level, now) {
    let isPoor = false;
    let isLost = false;
    for (const [role, peer] of peers) {
      if (peer.quality !== "poor") this.#poorSince.delete(role);
      else if (!this.#poorSince.has(role)) this.#poorSince.set(role, now);
      isPoor ||= now - (this.#poorSince.get(role) ?? now) >= POOR_FOR;
      isLost ||= peer.outage >= LOST_FOR;
    }
    if (level === "chat" || !(isPoor || isLost)) return null;
    return level === "video" && !isLost ? "audio" : "chat";
  }
}
