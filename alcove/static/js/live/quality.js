// @ts-check
/**
 * How good a path is, from what the browser counts (W3C "Identifiers for WebRTC's Statistics").
 *
 * @typedef {"good" | "fair" | "poor"} Quality
 * @typedef {{received: number, lost: number, roundTrip: number, jitter: number}} Count
 */

/** Seconds of another verdict before it is believed: one lost second is no news. */
const PATIENCE = 3;

/**
 * Sums what arrives over a connection.
 *
 * @param {RTCStatsReport} report
 * @returns {Count}
 */
export function countOf(report) {
  const count = { received: 0, lost: 0, roundTrip: 0, jitter: 0 };
  for (const stat of report.values()) {
    if (stat.type === "inbound-rtp") {
      count.received += stat.packetsReceived ?? 0;
      count.lost += stat.packetsLost ?? 0;
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
 * @returns {Quality}
 */
export function judge(before, after) {
  const lost = Math.max(0, after.lost - before.lost);
  const all = Math.max(0, after.received - before.received) + lost;
  const share = all ? lost / all : 0;
  if (share > 0.1 || after.roundTrip > 0.6 || after.jitter > 0.12) return "poor";
  if (share > 0.03 || after.roundTrip > 0.3 || after.jitter > 0.05) return "fair";
  return "good";
}

/** A verdict that does not flicker. */
export class Steady {
  constructor() {
    /** @type {Quality | null} */
    this.shown = null;
    this.against = 0;
  }

  /**
   * @param {Quality} verdict
   * @returns {Quality} what to show
   */
  take(verdict) {
    this.against = verdict === this.shown ? 0 : this.against + 1;
    if (this.shown === null || this.against >= PATIENCE) {
      this.shown = verdict;
      this.against = 0;
    }
    return this.shown;
  }
}
