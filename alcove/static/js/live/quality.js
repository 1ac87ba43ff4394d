// @ts-check
/**
 * How good a path is, from what the browser counts (W3C "Identifiers for WebRTC's Statistics").
 *
 * @typedef {"good" | "fair" | "poor"} Quality
 * @typedef {{ received: number, lost: number, frames: number, roundTrip: number,
 *   jitter: number }} Count
 * @typedef {{ audio: boolean, video: boolean }} Expected
 */

/** Counts of another verdict before it is believed: the news of a bad path may come sooner. */
const PATIENCE = { worse: 2, better: 3 };

const ORDER = ["good", "fair", "poor"];

/**
 * Sums what arrives over a connection.
 *
 * @param {RTCStatsReport} report
 * @returns {Count} round trip and jitter in seconds
 */
export function countOf(report) {
  const count = { received: 0, lost: 0, frames: 0, roundTrip: 0, jitter: 0 };
  for (const stat of report.values()) {
    if (stat.type === "inbound-rtp") {
      count.received += stat.packetsReceived ?? 0;
      count.lost += stat.packetsLost ?? 0;
      count.frames += stat.framesDecoded ?? 0;
      if (stat.kind === "audio") count.jitter = stat.jitter ?? 0;
    } else if (stat.type === "candidate-pair" && stat.nominated && stat.state === "succeeded") {
      count.roundTrip = Math.max(count.roundTrip, stat.currentRoundTripTime ?? 0);
    }
  }
  return count;
}

/**
 * The verdict on the time between two counts.
 *
 * @param {Count} before
 * @param {Count} after
 * @param {Expected} expected what the other says to send
 * @returns {Quality}
 */
export function judge(before, after, expected) {
  const lost = Math.max(0, after.lost - before.lost);
  const received = Math.max(0, after.received - before.received);
  const share = lost + received ? lost / (lost + received) : 0;
  const isSilent = (expected.audio || expected.video) && received === 0;
  const isFrozen = expected.video && after.frames === before.frames;
  if (share > 0.1 || after.roundTrip > 0.6 || after.jitter > 0.12) return "poor";
  if (isSilent || isFrozen) return "poor";
  if (share > 0.03 || after.roundTrip > 0.3 || after.jitter > 0.05) return "fair";
  return "good";
}

/** A verdict that does not flicker. */
export class Judge {
  /** @type {Quality | null} */
  shown = null;
  /** @type {Count | null} */
  #before = null;
  #against = 0;

  /** The path is a new one: nothing is known of it. */
  begin() {
    this.shown = null;
    this.#before = null;
    this.#against = 0;
  }

  /**
   * @param {Count} count
   * @param {Expected} expected
   */
  take(count, expected) {
    const before = this.#before;
    this.#before = count;
    if (before) this.weigh(judge(before, count, expected));
  }

  /** @param {Quality} verdict */
  weigh(verdict) {
    if (verdict === this.shown || (this.shown === null && verdict === "good")) {
      this.shown = verdict;
      this.#against = 0;
      return;
    }
    this.#against += 1;
    // What comes right after a gap still counts what the gap has swallowed.
    const isWorse = this.shown === null || ORDER.indexOf(verdict) > ORDER.indexOf(this.shown);
    if (this.#against < (isWorse ? PATIENCE.worse : PATIENCE.better)) return;
    this.shown = verdict;
    this.#against = 0;
  }
}
